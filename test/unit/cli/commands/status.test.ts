import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { type CliOptions, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";
import {
  claimWith,
  contentWith,
  keepUpdating,
  regenerateByHand,
  scheduleRotation,
  writeVersion,
} from "../../../support/outside-changes.ts";

const cli = useCli();

describe("oci-rotate status", () => {
  test("shows a healthy secret, and changes nothing", async () => {
    const w = await cli();
    await w.rotate();
    const before = w.state();
    const run = await w.run("status", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toContain("state      healthy: the issuer accepts CURRENT, and no rotation is left to finish");
    expect(run.stdout).toMatch(/^next step {2}nothing$/m);
    expect(run.stdout).toMatch(
      /^because {4}the issuer accepts CURRENT, and no request of this run for a new client secret is under way; a heal needs no more$/m,
    );
    expect(run.stdout).toMatch(/^3 +CURRENT LATEST +orot-3 +\d+ s +credential +accepted$/m);
    expect(run.stdout).toMatch(/^1 +PREVIOUS /m);
    expect(w.state()).toEqual(before);
    expect(run.requests.length).toBeGreaterThan(3);
    expectOnlyReads(run);
  });

  test("names claim, client, versions and plan as JSON", async () => {
    const w = await cli();
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
    const run = await w.run("status", w.secretId, "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({
      state: "down",
      healthy: false,
      issuer: "oci-iam",
      clientId: w.app.clientId,
      current: { versionNo: 1, verdict: "refused" },
      pending: null,
      plan: { changes: true, row: expect.any(String) },
      claim: { versionNo: 2, callId: expect.any(String), live: false },
      overlap: null,
      outcome: null,
      versions: [
        { versionNo: 2, stages: ["PENDING", "LATEST"], name: "orot-2", holds: "claim" },
        { versionNo: 1, stages: ["CURRENT"], holds: "credential" },
      ],
    });
    expectOnlyReads(run);
  });

  test("says until when the claim of another run holds, and does not call a secret unhealthy that works meanwhile", async () => {
    const w = await cli();
    await writeVersion(w, claimWith(w), { ageSeconds: 5 });
    const run = await w.run("status", w.secretId);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("state      busy");
    expect(run.stdout).toMatch(
      /claim +version 2 of call 01OTHER, since \S+ \(\d+ s ago\), its writer's until \S+ \(in /,
    );
  });

  test("says until when the older of two client secrets lives", async () => {
    const w = await cli({ client: uaaClient() });
    await w.rotate();
    await w.call({ secretId: w.secretId, action: "heal" });
    const run = await w.run("status", w.secretId);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/overlap +version 1 still works; lives until \S+ \(in 1 d\)/);
    expectOnlyReads(run);
  });

  test("says how many are told of rotations, and which hosts could not be, without their paths", async () => {
    const w = await cli();
    expect((await w.run("status", w.secretId)).stdout).toMatch(/^notifies +no subscribers$/m);
    const hook = (host: string) => `https://${host}/canary-path`;
    w.emulator.admin.secret(w.secretId).metadata = {
      orot: JSON.stringify({
        subscribers: [
          { endpoint: hook("a.example.org") },
          { endpoint: hook("b.example.org:8443"), failures: 3 },
          { endpoint: "mailto:ops@example.org", failures: 0 },
        ],
        told: { version: 1, seq: 1 },
      }),
    };
    const run = await w.run("status", w.secretId);
    expect(run.stdout).toMatch(
      /^notifies +3 subscribers; not notified of the last rotation: b\.example\.org:8443 \(3 calls failed\), mail$/m,
    );
    const json = await w.run("status", w.secretId, "--json");
    expect(json.json()["subscribers"]).toEqual({
      count: 3,
      unreached: [
        { host: "b.example.org:8443", failures: 3 },
        { host: "mail", failures: 0 },
      ],
      waiting: ["a.example.org", "b.example.org:8443", "mail"],
    });
    expect(`${run.stdout}${json.stdout}`).not.toMatch(/canary-path|ops@example/);
    expectOnlyReads(run);
  });

  test("says whose secret it is, with nothing that could move the cursor", async () => {
    const w = await cli();
    const tags = { "orot-owner": "Retail \u001b[2J operations", "orot-contact": "retail@example.org" };
    w.emulator.admin.secret(w.secretId).freeformTags = tags;
    const run = await w.run("status", w.secretId);
    expect(run.stdout).toMatch(/^owner +Retail \\u001b\[2J operations, retail@example\.org$/m);
  });

  test.each([
    ["2026-12-20T10:00:00Z v1", /^expires +the client secret expires 2026-12-20/m, "2026-12-20T10:00:00Z"],
    ["2026-12-20T10:00:00Z", /^expires +the client secret expires 2026-12-20/m, "2026-12-20T10:00:00Z"],
    ["unknown v1", /^expires +not known: nobody who may ask has been told; each heal asks$/m, null],
    ["never v1", /^expires +never, as the issuer said at the last look$/m, null],
  ])("tells of an expiry that reads %s", async (text, expected, expiresOn) => {
    const w = await cli();
    w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": text };
    expect((await w.run("status", w.secretId)).stdout).toMatch(expected);
    expect((await w.run("status", w.secretId, "--json")).json()).toMatchObject({ expiresOn });
  });

  test("compares the expiry with Vault's next rotation: exit code 4, and the command that mends it", async () => {
    const w = await cli();
    const scheduled = async (days: number) => {
      scheduleRotation(w, w.deploy(), days);
      const at = new Date(w.clock.now() + 29 * DAY_MS).toISOString();
      w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": `${at} v1` };
      return w.run("status", w.secretId);
    };
    const late = await scheduled(30);
    expect(late.exitCode).toBe(4);
    expect(late.stdout).toMatch(/^too late +the next rotation comes after the client secret ends, 20/m);
    expect(late.stdout).toMatch(new RegExp(`^run +oci-rotate schedule set ${w.secretId} --every 19d$`, "m"));
    const inTime = await scheduled(19);
    expect(inTime.exitCode).toBe(0);
    expect(inTime.stdout).not.toMatch(/^too late|^run/m);
    expect((await w.run("status", w.secretId, "--json")).json()).toMatchObject({ endsFirst: false, endsOn: null });
  });

  test("says of an expiry that was noted for another version than CURRENT that it is that one's", async () => {
    const w = await cli();
    await w.rotate();
    w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": "2026-12-20T10:00:00Z v1" };
    const run = await w.run("status", w.secretId);
    expect(run.stdout).toMatch(/^expires +noted only for version 1; a heal notes CURRENT's$/m);
    const json = (await w.run("status", w.secretId, "--json")).json();
    expect(json).toMatchObject({ expiresOn: "2026-12-20T10:00:00Z", expiresOnVersionNo: 1 });
  });

  test("tells of the rotation that Vault schedules, its work request, and what a heal noted", async () => {
    const w = await cli();
    const functionId = w.deploy();
    scheduleRotation(w, functionId, 30);
    await w.call({ secretId: w.secretId, action: "heal" });
    w.emulator.admin.rotate(w.secretId);
    const run = await w.run("status", w.secretId);
    expect(run.stdout).toMatch(/work request +ACCEPTED, 0 %, accepted \S+ \(/);
    expect(run.stdout).toContain(`every 30 d by ${functionId}`);
    expect(run.stdout).toMatch(/last heal +OK with version 1, /);
  });

  test.each([["locked-out", "regenerate in the console, store the value as PENDING, run heal"]])(
    "says of a secret that is %s what a person has to do",
    async (state, next) => {
      const w = await cli();
      regenerateByHand(w, "nobody-has-it");
      const run = await w.run("status", w.secretId);
      expect(run.exitCode).toBe(4);
      expect(run.stdout).toContain(`${state}:`);
      expect(run.stdout).toMatch(new RegExp(`to do +${next}`));
      expectOnlyReads(run);
    },
  );

  test("names the command that brings a secret further", async () => {
    const poisoned = await cli();
    await writeVersion(poisoned, contentWith(poisoned, "never-was-one"));
    const seen = await poisoned.run("status", poisoned.secretId);
    expect(seen.exitCode).toBe(4);
    expect(seen.stdout).toContain(`oci-rotate rotate ${poisoned.secretId}`);
    const down = await cli();
    await writeVersion(down, contentWith(down, "the-second"), { stage: "CURRENT" });
    expect((await down.run("status", down.secretId)).stdout).toContain(`oci-rotate heal ${down.secretId}`);
  });

  test("tells a missing right from a secret that does not exist, as far as OCI lets anybody tell", async () => {
    const w = await cli();
    const unknown = await w.run("status", `${w.secretId}x`);
    expect(unknown).toMatchObject({ exitCode: 1, stdout: "" });
    expect(unknown.stderr).toContain("does not exist in this region, or you may not see it");
    const transport: CliOptions["transport"] = async (request) => {
      const body =
        '{"code":"NotAuthorizedOrNotFound","message":"Authorization failed or requested resource not found."}';
      if (!request.url.includes("/secretbundles/")) return w.emulator.transport(request);
      return { status: 404, headers: { "content-type": "application/json" }, body };
    };
    const forbidden = await w.runWith({ transport }, "status", w.secretId);
    expect(forbidden).toMatchObject({ exitCode: 1, stdout: "" });
    expect(forbidden.stderr).toContain("the secret exists, and GetSecretBundle was answered 404");
    expect(forbidden.stderr).toContain("to read secret-bundles in compartment");
    expect(forbidden.stderr).toContain(w.secretId);
  });

  test("says of content that is none of ours what is wrong with it", async () => {
    const w = await cli({ content: () => "just a password" });
    const run = await w.run("status", w.secretId);
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toContain("unusable: what CURRENT holds cannot be used to log in");
    expect(run.stdout).toContain("the secret's content is not JSON");
    expect(run.stdout).toMatch(/to do +correct the secret's content in Vault/);
    expect(run.stdout).not.toContain("password");
  });

  test.each([
    [["--until", "healthy"], "--until and --for belong to --watch.\nnext:  add --watch, or leave them out."],
    [["--for", "1m"], "--until and --for belong to --watch.\nnext:  add --watch, or leave them out."],
    [["--watch", "--every", "1s"], "--every takes 2s or more.\nnext:  correct --every."],
    [["--watch", "--until", "dead"], "--until takes one of healthy.\nnext:  correct --until."],
  ])("refuses %j", async (args, words) => {
    const w = await cli();
    const run = await w.run("status", w.secretId, ...args);
    expect(run).toMatchObject({ exitCode: 2, stdout: "", stderr: `error: ${words}\n`, requests: [] });
  });
});

describe("oci-rotate status --watch", () => {
  test("prints changes alone where nobody sits at a terminal, until it is healthy", async () => {
    const w = await cli();
    keepUpdating(w, { ms: 30_000 });
    const run = await w.run("status", w.secretId, "--watch", "--until", "healthy", "--every", "5s");
    expect(run.exitCode).toBe(0);
    const lines = run.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\S+Z {2}updating {2}/);
    expect(lines[1]).toMatch(/^\S+Z {2}healthy {2}CURRENT 1 accepted {2}PENDING none {2}1:CURRENT {2}next: nothing$/);
    expectOnlyReads(run);
  });

  test("ends after the time given, with 4 where it did not become healthy", async () => {
    const w = await cli();
    regenerateByHand(w, "nobody-has-it");
    const began = w.clock.now();
    const run = await w.run("status", w.secretId, "--watch", "--until", "healthy", "--for", "1m", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ state: "locked-out" });
    expect(w.clock.now() - began).toBeLessThan(75_000);
  });

  test("ends at Ctrl-C with what it saw last", async () => {
    const w = await cli();
    const stopping = new AbortController();
    const watching = w.runWith({ signal: stopping.signal }, "status", w.secretId, "--watch");
    await w.clock.sleep(25_000);
    stopping.abort();
    expect(await watching).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("draws anew at a terminal", async () => {
    const w = await cli();
    const run = await w.runWith({ answers: [] }, "status", w.secretId, "--watch", "--for", "20s");
    expect(run.exitCode).toBe(0);
    expect(run.stdout.split("\u001b[H\u001b[2J").length - 1).toBeGreaterThanOrEqual(3);
  });

  test("outlives a Vault that does not answer for a while", async () => {
    const w = await cli();
    w.emulator.faults.add({ call: "get-secret", kind: "server-error-before", count: 4 });
    const run = await w.run("status", w.secretId, "--watch", "--for", "40s");
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("looking again");
    expect(run.stdout).toContain("healthy");
  });
});
