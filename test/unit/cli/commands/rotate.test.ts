import { describe, expect, test } from "vitest";
import { createFleet } from "../../../../src/emulator/fleet.ts";
import { createScheduler } from "../../../../src/emulator/scheduler.ts";
import { type CliRun, type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";

const cli = useCli();
const COMPARTMENT = "ocid1.compartment.oc1..fleet";
const DAY_MS = 86_400_000;
const LOCAL = ["--via", "local", "--yes"];
const ALL_DUE = ["rotate", "--all-due", "--compartment", COMPARTMENT];

interface Shown {
  readonly total: number;
  readonly rotated: number;
  readonly already: number;
  readonly failed: number;
  readonly notStarted: number;
  readonly secrets: readonly { name: string; outcome: string; code: string; next: string; versionNo: number | null }[];
}
const shown = (run: CliRun) => run.json() as unknown as Shown;
const writes = (run: CliRun) =>
  run.requests.filter(({ method, call }) => method !== "GET" && !call.startsWith("token-")).map(({ call }) => call);

/** Secrets in a compartment of their own, their rotations due one after the other over some days. */
function fleetIn(w: CliWorld, count: number, dueWithinDays = 0) {
  const functionId = w.deploy();
  const domainUrl = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";
  const options = { count, domainUrl, functionId, compartmentId: COMPARTMENT, dueWithinDays };
  return { functionId, ...createFleet(w.emulator.admin, w.clock.now(), options) };
}

/** Number of CURRENT, how often the issuer made a value, and whether it takes the one in CURRENT. */
function standOf(w: CliWorld, fleet: { secretIds: readonly string[]; clientIds: readonly string[] }, index: number) {
  const { admin } = w.emulator;
  const secretId = fleet.secretIds[index] ?? "";
  const clientId = fleet.clientIds[index] ?? "";
  const number = admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"))?.number ?? 0;
  const value = JSON.parse(admin.content(secretId, number) ?? "{}").appSecret;
  return `v${number}, ${admin.app(clientId).mints} mints, ${admin.login(clientId, value)}`;
}
const ROTATED = "v3, 1 mints, accepted";
const UNTOUCHED = "v1, 0 mints, accepted";

describe("oci-rotate rotate, one secret", () => {
  test("rotates it here, and says which version is CURRENT now", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, ...LOCAL);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^version 3 holds a new client secret, logs in and is CURRENT.*\.\n1 of 1 rotated\.\n/);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("prints one JSON document and nothing else", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, ...LOCAL, "--json");
    expect(run.stderr).toBe("");
    expect(run.json()).toEqual({
      dryRun: false,
      total: 1,
      ...{ rotated: 1, already: 0, planned: 0, failed: 0, notStarted: 0 },
      secrets: [
        {
          ...{ secretId: w.secretId, name: "app", via: "local", outcome: "rotated", versionNo: 3, code: "OK" },
          what: expect.stringContaining("version 3 holds a new client secret"),
          next: expect.any(String),
        },
      ],
    });
  });

  test("asks at a terminal, names what it is about to rotate, and does nothing on no", async () => {
    const w = await cli();
    const before = w.state();
    const run = await w.runWith({ answers: ["n"] }, "rotate", w.secretId, "--via", "local");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`app  ${w.secretId}  via local`);
    expect(run.stderr).toContain("Rotate this secret? [y/N]");
    expect(w.state()).toEqual(before);
    expectOnlyReads(run);
  });

  test("tells each step at a terminal", async () => {
    const w = await cli();
    const run = await w.runWith({ answers: ["y"] }, "rotate", w.secretId, "--via", "local");
    expect(run.exitCode).toBe(0);
    const steps = ["verify-current accepted", "regenerate minted", "write-pending stored", "promote promoted"];
    for (const step of steps) expect(run.stderr).toContain(`app  ${step}`);
  });

  test("wants --yes where nobody can be asked", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, "--via", "local");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("add --yes");
    expectOnlyReads(run);
  });

  test("says of an unknown secret that it is absent or not to be seen, before anything changes", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, `${w.secretId}x`, ...LOCAL);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("does not exist, or you may not see it");
    expectOnlyReads(run);
  });

  test.each([
    [["rotate"], "no secret is named"],
    [["rotate", "ocid1.vaultsecret.oc1.iad.a", "--all-due"], "beside --all-due"],
    [["rotate", "--all-due", "--compromised"], "--compromised does not go with --all-due"],
    [["rotate", "ocid1.vaultsecret.oc1.iad.a", "--compromised", "--via", "vault"], "RotateSecret cannot say"],
    [["rotate", "--all-due"], "no compartment is named"],
    [["rotate", "ocid1.vaultsecret.oc1.iad.a", "--since", "yesterday"], "--since takes a time in UTC"],
  ])("refuses %j", async (words, told) => {
    const w = await cli();
    const run = await w.run(...words, "--yes");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(told);
    expect(run.requests).toEqual([]);
  });

  test("with --compromised makes a new value even where one that works is pending, and retires both older ones", async () => {
    const w = await cli();
    expect((await w.step("CREATE_PENDING_VERSION")).responseCode).toBe(200);
    const run = await w.run("rotate", w.secretId, ...LOCAL, "--compromised");
    expect(run.exitCode).toBe(0);
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(2);
    expect(w.accepted(1, 3)).toEqual([]);
  });

  test("tries again after the issuer was away for a while, and mints once", async () => {
    const w = await cli({ environment: {} });
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 40 });
    const run = await w.run("rotate", w.secretId, ...LOCAL, "--json");
    expect(run.exitCode).toBe(0);
    expect(shown(run)).toMatchObject({ rotated: 1, failed: 0 });
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("oci-rotate rotate --dry-run", () => {
  test("says what would be done about each, and sends nothing but reads and logins", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 3);
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, "--dry-run");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toContain("fleet-00002");
    expect(run.stdout).toContain("have the issuer make a new client secret");
    expect(run.stdout).toContain("Nothing was changed: 3 of 3 can be rotated.");
    expect(run.requests.some(({ call }) => call.startsWith("token-"))).toBe(true);
    expectOnlyReads(run);
    expect(fleet.secretIds.map((_, index) => standOf(w, fleet, index))).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED]);
  });

  test("says which secret could not be rotated and why, and ends with 1", async () => {
    const w = await cli({ content: ({ appId: _, ...rest }) => rest });
    const run = await w.run("rotate", w.secretId, "--via", "local", "--dry-run", "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      failed: 1,
      secrets: [{ code: "CONTENT_INVALID", next: expect.stringContaining("correct") }],
    });
    expectOnlyReads(run);
  });

  test("asks nobody, and shows a rotation that would be finished, as JSON too", async () => {
    const w = await cli();
    expect((await w.step("CREATE_PENDING_VERSION")).responseCode).toBe(200);
    const run = await w.run("rotate", w.secretId, "--via", "local", "--dry-run", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ dryRun: true, planned: 1, secrets: [{ what: "make version 3 CURRENT" }] });
    expectOnlyReads(run);
  });
});

describe("oci-rotate rotate --all-due", () => {
  test("rotates those that are due and no other", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 3, 20);
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, "--within", "10d", ...LOCAL, "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(shown(run)).toMatchObject({ total: 2, rotated: 2 });
    expect([0, 1, 2].map((index) => standOf(w, fleet, index))).toEqual([ROTATED, ROTATED, UNTOUCHED]);
  });

  test("run again leaves alone what it has rotated, until the next interval is over", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 2);
    await w.clock.sleep(DAY_MS);
    await w.run(...ALL_DUE, ...LOCAL);
    const again = await w.run(...ALL_DUE, ...LOCAL, "--json");
    expect(again.exitCode).toBe(0);
    expect(shown(again)).toMatchObject({ rotated: 0, already: 2 });
    expect(writes(again)).toEqual([]);
    await w.clock.sleep(31 * DAY_MS);
    expect(shown(await w.run(...ALL_DUE, ...LOCAL, "--json"))).toMatchObject({ rotated: 2, already: 0 });
    expect(standOf(w, fleet, 0)).toMatch(/2 mints, accepted$/);
  });

  test("says that nothing is due", async () => {
    const w = await cli();
    const run = await w.run(...ALL_DUE, ...LOCAL);
    expect(run).toMatchObject({ exitCode: 0, stdout: "Nothing is due.\n", stderr: "" });
  });

  test("goes on where one fails, and says what to do about it", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 3);
    w.emulator.admin.secret(fleet.secretIds[1] ?? "").versions[0] = {
      ...w.emulator.admin.secret(fleet.secretIds[1] ?? "").versions[0],
      content: Buffer.from("{}").toString("base64"),
    } as never;
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, ...LOCAL);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain("2 of 3 rotated, 1 failed.");
    expect(run.stdout).toMatch(
      /fleet-00002 {2}ocid1\S+\n {2}CONTENT_INVALID: .+\n {2}next: correct the secret's content/,
    );
    expect([0, 2].map((index) => standOf(w, fleet, index))).toEqual([ROTATED, ROTATED]);
  });

  test("at Ctrl-C ends what is under way and starts nothing new", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 4, 3);
    await w.clock.sleep(4 * DAY_MS);
    const stopping = new AbortController();
    const transport: typeof w.emulator.transport = (request) => {
      if (request.url.includes("AppClientSecretRegenerator")) stopping.abort();
      return w.emulator.transport(request);
    };
    const words = [...ALL_DUE, ...LOCAL, "--json", "--concurrency", "1"];
    const run = await w.runWith({ signal: stopping.signal, transport }, ...words);
    expect(run.exitCode).toBe(1);
    expect(shown(run)).toMatchObject({ rotated: 1, notStarted: 3, failed: 0 });
    expect([0, 1, 2, 3].map((index) => standOf(w, fleet, index))).toEqual([ROTATED, UNTOUCHED, UNTOUCHED, UNTOUCHED]);
    const again = await w.run(...words);
    expect(shown(again)).toMatchObject({ rotated: 3, already: 1 });
  });

  test("a session that ends in the middle starts nothing new, and ends with 3 and the command that renews it", async () => {
    const w = await cli();
    fleetIn(w, 3);
    await w.clock.sleep(DAY_MS);
    w.writeSession(60_000);
    const transport: typeof w.emulator.transport = async (request) => {
      const answer = await w.emulator.transport(request);
      if (request.url.includes("AppClientSecretRegenerator")) await w.clock.sleep(61_000);
      return answer;
    };
    const run = await w.runWith({ transport }, ...ALL_DUE, ...LOCAL, "--json", "--concurrency", "1");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("run oci session authenticate --profile-name DEFAULT");
    expect(shown(run)).toMatchObject({ failed: 1, notStarted: 2, secrets: [{ code: "SESSION_EXPIRED" }, {}, {}] });
  });

  test("keeps below the limits of a Free domain", async () => {
    const w = await cli({ switches: { "domain-limits": "free" } });
    const fleet = fleetIn(w, 80);
    await w.clock.sleep(DAY_MS);
    const from = w.clock.monotonic();
    const run = await w.run(...ALL_DUE, ...LOCAL, "--json");
    expect(run.exitCode).toBe(0);
    expect(run.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(new Set(fleet.secretIds.map((_, index) => standOf(w, fleet, index)))).toEqual(new Set([ROTATED]));
    expect(w.clock.monotonic() - from).toBeGreaterThan(60_000);
  }, 30_000);

  test("faster than the domain bears, it slows down and still rotates all, each once", async () => {
    const w = await cli({ switches: { "domain-limits": "free", "retry-after-seconds": 20 } });
    const fleet = fleetIn(w, 40);
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, ...LOCAL, "--json", "--rate", "3000", "--concurrency", "40");
    expect(run.requests.some(({ status }) => status === 429)).toBe(true);
    expect(run.exitCode).toBe(0);
    expect(fleet.secretIds.filter((_, index) => !standOf(w, fleet, index).endsWith("accepted"))).toEqual([]);
    expect(shown(run).rotated).toBe(40);
  }, 30_000);
});

describe("oci-rotate rotate, by others", () => {
  test("calls the function where it is named", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const run = await w.run("rotate", w.secretId, "--function", functionId, "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ rotated: 1, secrets: [{ via: "function", versionNo: 3 }] });
    expect(w.currentVerdict()).toBe("accepted");
    expect(run.requests.filter(({ call }) => call === "invoke-function")).toHaveLength(1);
  });

  test("asks for the function where none is known", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, "--yes");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("name one with --function");
  });

  test("does not rotate twice where the function's answer was lost", async () => {
    const w = await cli();
    const functionId = w.deploy();
    w.emulator.faults.add({ call: "invoke-function", kind: "answer-lost" });
    const run = await w.run("rotate", w.secretId, "--function", functionId, "--yes", "--json");
    expect(run.json()).toMatchObject({ rotated: 1, failed: 0 });
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  /** As Vault does it: what RotateSecret has accepted is run through the function. */
  const withVault = async (w: CliWorld) => {
    const fleet = fleetIn(w, 1, 30);
    w.emulator.admin.secret(fleet.secretIds[0] ?? "").nextRotationAt = w.clock.now() + 30 * DAY_MS;
    await w.clock.sleep(DAY_MS);
    const { invoke } = w.emulator;
    if (invoke === undefined) throw new Error("no function is deployed");
    const scheduler = createScheduler({ emulator: w.emulator, invoke });
    return { ...fleet, secretId: fleet.secretIds[0] ?? "", scheduler };
  };

  test("has Vault rotate what is set up for it, and follows the work request to its end", async () => {
    const w = await cli();
    const fleet = await withVault(w);
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes", "--json");
    await fleet.scheduler.stop();
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ rotated: 1, secrets: [{ via: "vault", versionNo: 3 }] });
    expect(standOf(w, fleet, 0)).toBe(ROTATED);
    expect(run.requests.some(({ call }) => call === "get-work-request")).toBe(true);
  });

  test("follows by the secret alone where the Work Requests service knows nothing", async () => {
    const w = await cli({ switches: { "work-requests": "absent" } });
    const fleet = await withVault(w);
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes", "--json");
    await fleet.scheduler.stop();
    expect(run.json()).toMatchObject({ rotated: 1, secrets: [{ versionNo: 3 }] });
  });

  test("begins no second rotation beside one in progress, and follows that", async () => {
    const w = await cli();
    const fleet = await withVault(w);
    w.emulator.admin.rotate(fleet.secretId);
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes", "--json");
    await fleet.scheduler.stop();
    expect(run.json()).toMatchObject({ rotated: 1 });
    expect(run.requests.filter(({ call }) => call === "rotate-secret")).toEqual([]);
    expect(standOf(w, fleet, 0)).toBe(ROTATED);
  });

  test("says how Vault's rotation ended where it failed, and where to look", async () => {
    const w = await cli();
    const fleet = await withVault(w);
    const stored = w.emulator.admin.app(fleet.clientIds[0] ?? "");
    stored.accepted = [];
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes");
    await fleet.scheduler.stop();
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain("ROTATION_FAILED: Vault's rotation ended as FAILED");
    expect(run.stdout).toContain(`next: run oci-rotate status ${fleet.secretId}`);
  });
});
