import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../../src/base/durations.ts";
import { type Transport, TransportError } from "../../../../../src/clients/http/transport.ts";
import { expectOnlyReads, useCli } from "../../../../support/cli.ts";
import { configOf, raced, scheduled, tagsOf, writes } from "./schedule-world.ts";

const cli = useCli();

describe("oci-rotate schedule show", () => {
  test("tells interval, function, times and owner, by one read", async () => {
    const w = await cli();
    const { functionId, id } = await scheduled(w);
    const run = await w.run("schedule", "show", id, "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.json()).toEqual({
      secretId: id,
      name: "payroll",
      changed: false,
      scheduled: true,
      everyDays: 30,
      targetType: "FUNCTION",
      functionId,
      status: "SCHEDULED",
      lastRotation: null,
      nextRotation: new Date(w.emulator.admin.secret(id).nextRotationAt ?? 0).toISOString(),
      expiresOn: null,
      endsFirst: false,
      owner: null,
      contact: null,
    });
    expectOnlyReads(run);
    expect(run.requests.map(({ call }) => call)).toEqual(["get-secret"]);
  });

  test("says of a secret without a schedule that it has none", async () => {
    const w = await cli();
    const run = await w.run("schedule", "show", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe(`secret         app
schedule       none
rotated by     nothing
status         NOT_ENABLED
last rotation  never, as far as Vault knows
next rotation  not planned
owner          not noted
contact        not noted
`);
  });

  test("shows a person times, end of the client secret and owner", async () => {
    const w = await cli();
    const { functionId, id } = await scheduled(w);
    const secret = w.emulator.admin.secret(id);
    secret.nextRotationAt = Date.UTC(2026, 11, 2);
    secret.lastRotationAt = Date.UTC(2026, 10, 2);
    Object.assign(secret.freeformTags, {
      ...{ "orot-owner": "Payments", "orot-contact": "pay@example.org" },
      "orot-expires-on": "2026-12-20T10:00:00Z v1",
    });
    const run = await w.run("schedule", "show", id);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe(`secret         payroll
schedule       every 30 days
rotated by     ${functionId}
status         SCHEDULED
last rotation  2026-11-02T00:00:00.000Z
next rotation  2026-12-02T00:00:00.000Z
secret ends    2026-12-20T10:00:00.000Z
owner          Payments
contact        pay@example.org
`);
  });

  test.each([
    [{ isScheduledRotationEnabled: true }, "on", null],
    [{ isScheduledRotationEnabled: false }, "off", null],
    [{ isScheduledRotationEnabled: true, rotationInterval: "P1D" }, "every 1 day", null],
    [{ isScheduledRotationEnabled: false, rotationInterval: "P2D" }, "off (would be every 2 days)", "2d"],
  ])("tells of %j that it is %s", async (config, schedule, every) => {
    const w = await cli();
    const { functionId, id } = await scheduled(w);
    const targetSystemDetails = { targetSystemType: "FUNCTION", functionId };
    Object.assign(w.emulator.admin.secret(id), { rotationConfig: { ...config, targetSystemDetails } });
    const { stdout } = await w.run("schedule", "show", id);
    expect(stdout).toContain(`\nschedule       ${schedule}\nrotated by     ${functionId}\n`);
    const restore = `switch on      oci-rotate schedule set ${id} --every ${every} --function ${functionId}\n`;
    expect(stdout.split("contact        not noted\n")[1]).toBe(every === null ? "" : restore);
  });

  test("names a target that is no function by its type, and offers no command that would replace it", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const targetSystemDetails = { targetSystemType: "ADB", adbId: "ocid1.autonomousdatabase.oc1.iad.a" };
    Object.assign(w.emulator.admin.secret(id), {
      rotationConfig: { rotationInterval: "P30D", isScheduledRotationEnabled: false, targetSystemDetails },
    });
    const { stdout } = await w.run("schedule", "show", id);
    expect(stdout).toContain("\nrotated by     a target of type ADB\n");
    expect(stdout).not.toContain("switch on");
  });
});

describe("oci-rotate schedule set", () => {
  test("gives a secret its first schedule, and Vault plans the rotation", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const run = await w.run("schedule", "set", w.secretId, "--every", "45d", "--function", functionId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^schedule +every 45 days$/m);
    expect(configOf(w, w.secretId)).toEqual({
      rotationInterval: "P45D",
      isScheduledRotationEnabled: true,
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    });
  });

  test("keeps the function where none is named, and writes nothing that stands there already", async () => {
    const w = await cli();
    const { functionId, id } = await scheduled(w);
    await w.run("schedule", "set", id, "--every", "60d");
    expect(configOf(w, id)).toMatchObject({ rotationInterval: "P60D", targetSystemDetails: { functionId } });
    const again = await w.run("schedule", "set", id, "--every", "60d", "--json");
    expect(again.json()).toMatchObject({ changed: false, everyDays: 60 });
    expectOnlyReads(again);
  });

  test("--spread makes the interval shorter by the secret's own number of days, until it is set without", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const names = ["one", "two", "three", "four"];
    const content = JSON.stringify(w.client.content);
    const ids = names.map((name) => w.emulator.admin.createSecret({ name, content, functionId }));
    const set = async (id: string, ...words: readonly string[]) =>
      (await w.run("schedule", "set", id, "--every", "60d", ...words, "--json")).json()["everyDays"] as number;
    const days = await Promise.all(ids.map((id) => set(id, "--spread", "20d")));
    expect(days.every((every) => every > 40 && every <= 60)).toBe(true);
    expect(new Set(days).size).toBeGreaterThan(1);
    expect(await set(ids[0] ?? "", "--spread", "20d")).toBe(days[0]);
    for (const id of ids) expect(await set(id)).toBe(60);
  });

  test("says that the client secret ends before the rotation just planned, with a command that mends it", async () => {
    const w = await cli();
    const { id } = await scheduled(w, 10);
    const end = new Date(w.clock.now() + 29 * DAY_MS).toISOString();
    tagsOf(w, id)["orot-expires-on"] = `${end} v1`;
    expect((await w.run("schedule", "show", id)).exitCode).toBe(0);
    const late = await w.run("schedule", "set", id, "--every", "30d");
    expect(late.exitCode).toBe(4);
    expect(configOf(w, id)).toMatchObject({ rotationInterval: "P30D" });
    const [, mend = ""] = /ends before its next rotation; run: oci-rotate (.+)$/m.exec(late.stderr) ?? [];
    expect(mend).toBe(`schedule set ${id} --every 19d`);
    expect((await w.run("schedule", "show", id, "--json")).json()).toMatchObject({ endsFirst: true });
    const mended = await w.run(...mend.split(" "));
    expect(mended).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await w.run("schedule", "show", id)).exitCode).toBe(0);
  });

  test("takes no date of another version, and counts a rule of Vault's", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    tagsOf(w, id)["orot-expires-on"] = `${new Date(w.clock.now() + DAY_MS).toISOString()} v2`;
    expect((await w.run("schedule", "set", id, "--every", "60d")).exitCode).toBe(0);
    w.emulator.admin.secret(id).rules = [{ ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P45D" }];
    expect((await w.run("schedule", "set", id, "--every", "61d")).exitCode).toBe(4);
    expect((await w.run("schedule", "set", id, "--every", "30d")).exitCode).toBe(0);
  });

  test("says to rotate now if little is left of the value's life, since a fitting interval would be too short", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    tagsOf(w, id)["orot-expires-on"] = `${new Date(w.clock.now() + DAY_MS).toISOString()} v1`;
    expect((await w.run("schedule", "set", id, "--every", "31d")).stderr).toContain(`run: oci-rotate rotate ${id}`);
  });

  test("goes on where another writer was faster", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const run = await w.runWith({ transport: raced(w, id) }, "schedule", "set", id, "--every", "60d", "--json");
    expect(run.json()).toMatchObject({ changed: true, everyDays: 60 });
    expect(run.requests.filter(({ call }) => call === "update-metadata").map(({ status }) => status)).toEqual([
      412, 200,
    ]);
  });

  test("survives a lost answer without a second write", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    w.emulator.faults.add({ call: "update-metadata", kind: "answer-lost", count: 1 });
    const run = await w.run("schedule", "set", id, "--every", "60d");
    expect(run.exitCode).toBe(0);
    expect(writes(run.requests)).toEqual(["update-metadata"]);
    expect(configOf(w, id)).toMatchObject({ rotationInterval: "P60D" });
  });

  test("warns of a function that nobody knows", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const run = await w.run("schedule", "set", id, "--every", "60d", "--function", "ocid1.fnfunc.oc1.iad.mistyped");
    expect(run.stderr).toContain("warning: the function does not exist in this region, or you may not see it");
  });

  test("sets nothing where OCI cannot be asked about the function", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const transport: Transport = (request) =>
      request.url.includes("/functions/")
        ? Promise.reject(new TransportError("CONNECTION_LOST", true, "lost"))
        : w.emulator.transport(request);
    const words = ["--every", "60d", "--function", "ocid1.fnfunc.oc1.iad.another"];
    const run = await w.runWith({ transport }, "schedule", "set", id, ...words);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expectOnlyReads(run);
  });

  test.each([
    [["--every", "0d"], "--every takes whole days from 1d to 360d"],
    [["--every", "361d"], "--every takes whole days from 1d to 360d"],
    [["--every", "12h"], "--every takes whole days from 1d to 360d"],
    [["--every", "30d", "--spread", "31d"], "--spread 31d is longer than the interval of 30 days"],
    [["--every", "30d", "--function", "nobody"], "--function takes the OCID of a function"],
    [["--every", "30d"], "the secret's rotation targets no function"],
  ])("refuses %j", async (words, told) => {
    const w = await cli();
    const run = await w.run("schedule", "set", w.secretId, ...words);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(told);
    expect(writes(run.requests)).toEqual([]);
  });

  test("says of a replica that it is read-only", async () => {
    const w = await cli();
    const { functionId } = await scheduled(w);
    const content = JSON.stringify(w.client.content);
    const id = w.emulator.admin.createSecret({ name: "copy", content, functionId, isReplica: true });
    const run = await w.run("schedule", "set", id, "--every", "30d");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("the secret is a replica, which is read-only");
  });
});
