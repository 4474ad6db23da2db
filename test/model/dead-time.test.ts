import { describe, expect, test } from "vitest";
import { killAfter, withDeadTime } from "../support/dead-time.ts";
import { outcomeOf, useWorlds } from "../support/worlds.ts";

const world = useWorlds();

/** How long a claim belongs to its writer, with the landing bound: OROT_CLAIM_TTL_SECONDS and OROT_LANDING_BOUND_SECONDS. */
const CLAIM_LIFE_MS = 150_000;
/** What the work itself takes: requests, Vault's UPDATING, and looks between which a call waits longer and longer. */
const WORK_MS = 10_000;

describe("a value that is known to be dead", () => {
  test("is dead in a takeover claim too, which Vault has had written to CURRENT: no landing bound is waited for again", async () => {
    const { w, dead } = await withDeadTime(world, {
      switches: { "second-pending": "refuses", "app-read-back": "empty" },
    });
    await killAfter(w, "regenerate");
    await w.clock.sleep(CLAIM_LIFE_MS);
    const begun = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(dead.longest() - (begun - (dead.since ?? 0))).toBeLessThan(WORK_MS);
  });
});
