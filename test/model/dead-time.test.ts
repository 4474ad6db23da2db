import { describe, expect, test } from "vitest";
import { killAfter, withDeadTime } from "../support/dead-time.ts";
import { contentWith, storeVersion, writeVersion } from "../support/outside-changes.ts";
import { startProcess } from "../support/processes.ts";
import type { WorldOptions } from "../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../support/worlds.ts";

const world = useWorlds();

/** How long a claim is left alone: OROT_CLAIM_TTL_SECONDS and OROT_LANDING_BOUND_SECONDS. */
const CLAIM_LIFE_MS = 150_000;
const LANDING_BOUND_MS = 60_000;
/** OROT_RATE_PAUSE_SECONDS. */
const RATE_PAUSE_MS = 60_000;
/** What the work itself takes: requests, Vault's UPDATING, a second look after a first refusal, and that OCI's clock is read in seconds. */
const WORK_MS = 5_000;

/** The mint has taken effect and its answer reached nobody: CURRENT is dead, and a token in the claim lives. */
async function afterKill(switches: Parameters<typeof withDeadTime>[1] = {}) {
  const watched = await withDeadTime(world, { switches: { "app-read-back": "empty", ...switches.switches } });
  await killAfter(watched.w, "regenerate");
  return watched;
}

describe("a value that is known to be dead", () => {
  test("is dead in a takeover claim too, which Vault has had written to CURRENT: no landing bound is waited for again", async () => {
    const { w, deadDuring } = await afterKill({ switches: { "second-pending": "refuses" } });
    await w.clock.sleep(CLAIM_LIFE_MS);
    const deadMs = await deadDuring(async () => expect(outcomeOf(await w.rotate())).toBe("OK 200"));
    expect(w.currentVerdict()).toBe("accepted");
    // Two refusals of a second PENDING version and the claim in CURRENT are waited for beside.
    expect(deadMs).toBeLessThan(2 * WORK_MS);
  });
});

describe("a wait whose end is known lasts to that end and no longer", () => {
  test.each([0, 7, 20, 45])("for another's claim, met %i s after its writer has died", async (seconds) => {
    const { w, deadDuring } = await afterKill();
    await w.clock.sleep(seconds * 1000);
    const deadMs = await deadDuring(async () => expect(outcomeOf(await w.rotate())).toBe("OK 200"));
    expect(deadMs).toBeGreaterThan(CLAIM_LIFE_MS - seconds * 1000 - 1_000);
    expect(deadMs).toBeLessThan(CLAIM_LIFE_MS - seconds * 1000 + WORK_MS);
  });

  test("for a mint that was not answered while CURRENT was dead", async () => {
    const { w, deadDuring } = await afterKill();
    await w.clock.sleep(CLAIM_LIFE_MS);
    w.emulator.faults.add({ call: "regenerate", kind: "server-error-before" });
    const deadMs = await deadDuring(async () => expect(outcomeOf(await w.rotate())).toBe("OK 200"));
    expect(deadMs).toBeGreaterThan(LANDING_BOUND_MS);
    expect(deadMs).toBeLessThan(LANDING_BOUND_MS + WORK_MS);
  });

  test.each([0, 9, 24])("for a refused value that an operator has mistyped and stored %i s before", async (seconds) => {
    const { w, deadDuring } = await withDeadTime(world);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    // OCI's clock shows whole seconds.
    await w.clock.sleep(CLAIM_LIFE_MS + 1_000);
    await writeVersion(w, contentWith(w, "mistyped"), { stage: "CURRENT", ageSeconds: seconds });
    const heal = { secretId: w.secretId, action: "heal" };
    const deadMs = await deadDuring(async () => expect(outcomeOf(await w.call(heal))).toBe("OK 200"));
    expect(deadMs).toBeGreaterThan(LANDING_BOUND_MS - seconds * 1000 - 1_000);
    expect(deadMs).toBeLessThan(LANDING_BOUND_MS - seconds * 1000 + WORK_MS);
  });
});

describe("a 429 between a login with the new value and its promote", () => {
  const logins = ({ emulator }: TestWorld) => emulator.requests.filter(({ call }) => call === "token-pending");
  /** The new value is stored, and UPDATE_TARGET_SYSTEM has logged in with it. */
  const toUpdate = async (options: WorldOptions = {}) => {
    const watched = await withDeadTime(world, options);
    const { w } = watched;
    await w.step("VERIFY_CONNECTION");
    await w.step("CREATE_PENDING_VERSION");
    const { versionNo } = await w.step("UPDATE_TARGET_SYSTEM");
    expect(w.currentVerdict()).toBe("rejected");
    const promote = async () => expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", versionNo))).toBe("OK 200");
    return { ...watched, versionNo, promote };
  };

  test.each([
    ["without Retry-After", {}],
    ["that asks for longer than a call lasts", { "retry-after-seconds": 1_000 }],
  ] as const)("%s does not keep CURRENT dead: PROMOTE rests on the login of UPDATE", async (_what, switches) => {
    const { w, deadDuring, promote } = await toUpdate({ switches });
    w.emulator.faults.add({ call: "token-pending", kind: "rate-limited" });
    expect(await deadDuring(promote)).toBeLessThan(WORK_MS);
    expect(w.currentVerdict()).toBe("accepted");
    expect(logins(w).map(({ status }) => status)).toEqual([200, 429]);
  });

  test("nor does one that another call of the process was answered: then nothing is sent to the issuer at all", async () => {
    const { w, deadDuring, promote } = await toUpdate();
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    void w.call({ secretId: w.secretId, action: "check" });
    await w.clock.sleep(1_000);
    expect(await deadDuring(promote)).toBeLessThan(WORK_MS);
    expect(logins(w).map(({ status }) => status)).toEqual([200]);
    await w.clock.sleep(120_000);
  });

  test("nor in a whole rotation, after a promote that Vault did not take", async () => {
    const { w, deadDuring } = await withDeadTime(world);
    w.emulator.faults.add({ call: "promote", kind: "server-error-before" });
    w.emulator.faults.add({ call: "token-pending", kind: "rate-limited", occurrence: 2 });
    expect(await deadDuring(async () => expect(outcomeOf(await w.rotate())).toBe("OK 200"))).toBeLessThan(2 * WORK_MS);
    expect(logins(w).map(({ status }) => status)).toEqual([200, 429]);
  });

  test("a second UPDATE rests on the login of the first", async () => {
    const { w } = await toUpdate();
    w.emulator.faults.add({ call: "token-pending", kind: "rate-limited" });
    const begun = w.clock.now();
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM"))).toBe("OK 200");
    expect(w.clock.now() - begun).toBeLessThan(WORK_MS);
  });

  const expectAsked = async ({ w, deadDuring, promote }: Awaited<ReturnType<typeof toUpdate>>) => {
    w.emulator.faults.add({ call: "token-pending", kind: "rate-limited" });
    expect(await deadDuring(promote)).toBeGreaterThan(RATE_PAUSE_MS);
    expect(logins(w).at(-1)).toMatchObject({ status: 200 });
  };

  test("a login of more than a minute ago is made again, when the pause is over", async () => {
    const updated = await toUpdate();
    await updated.w.clock.sleep(60_000);
    await expectAsked(updated);
  });

  test("a login of another process serves nobody: it is made again", async () => {
    const updated = await toUpdate();
    const { w, versionNo } = updated;
    const event = { step: "PROMOTE_PENDING_VERSION", secretId: w.secretId, versionNo };
    const promote = async () => expect(await startProcess(w, 1).call(event)).toMatchObject({ responseCode: 200 });
    await expectAsked({ ...updated, promote });
  });

  test("a login serves no other value: what somebody has stored under the next number is asked about", async () => {
    const { w } = await toUpdate();
    const { number } = storeVersion(w, contentWith(w, "planted"));
    w.emulator.faults.add({ call: "token-pending", kind: "rate-limited" });
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", number))).toBe("PENDING_REJECTED 409");
    expect(
      logins(w)
        .slice(0, 3)
        .map(({ status }) => status),
    ).toEqual([200, 429, 401]);
    expect(w.versions()).toMatch(/1:CURRENT/);
  });

  test("no mint rests on a login: CURRENT is asked for anew", async () => {
    const { w } = await withDeadTime(world);
    expect(outcomeOf(await w.step("VERIFY_CONNECTION"))).toBe("OK 200");
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    const begun = w.clock.now();
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("OK 200");
    expect(w.clock.now() - begun).toBeGreaterThan(RATE_PAUSE_MS);
  });
});
