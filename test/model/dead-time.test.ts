import { describe, expect, test } from "vitest";
import { contentWith, writeVersion } from "../support/by-hand.ts";
import { killAfter, withDeadTime } from "../support/dead-time.ts";
import { outcomeOf, useWorlds } from "../support/worlds.ts";

const world = useWorlds();

/** How long a claim is left alone: OROT_CLAIM_TTL_SECONDS and OROT_LANDING_BOUND_SECONDS. */
const CLAIM_LIFE_MS = 150_000;
const LANDING_BOUND_MS = 60_000;
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
    await w.clock.sleep(CLAIM_LIFE_MS);
    await writeVersion(w, contentWith(w, "mistyped"), { stage: "CURRENT", ageSeconds: seconds });
    const heal = { secretId: w.secretId, action: "heal" };
    const deadMs = await deadDuring(async () => expect(outcomeOf(await w.call(heal))).toBe("OK 200"));
    expect(deadMs).toBeGreaterThan(LANDING_BOUND_MS - seconds * 1000 - 1_000);
    expect(deadMs).toBeLessThan(LANDING_BOUND_MS - seconds * 1000 + WORK_MS);
  });
});
