import { describe, expect, it } from "vitest";
import type { CallName } from "../../src/emulator/core/call-names.ts";
import { type FaultKind, faultKinds } from "../../src/emulator/core/faults.ts";
import { placesOf } from "../prove/mirror/enumerate.ts";
import { type MirrorSchedule, mirrorStarts, runMirror } from "../prove/mirror/schedule.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

silenceSdk();

/**
 * `npm run prove` tries every kind at every call from every start, and freezes a container at each. Here every kind strikes what changes or is asked
 * once in a run, and five that stand for the others strike everything: nothing, something, or the end of the container follows the request.
 */
const EVERYWHERE: ReadonlySet<FaultKind> = new Set([
  "refused",
  "answer-lost",
  "lands-late",
  "killed-before",
  "killed-after",
]);
const ONCE: ReadonlySet<CallName> = new Set(["token-current", "fetch-credentials", "update-metadata", "write-pending"]);

async function expectSound(schedule: MirrorSchedule): Promise<void> {
  const { problems } = await runMirror(schedule);
  expect(problems, JSON.stringify(schedule)).toEqual([]);
}

describe("What a consumer reads of the mirror is one set at any time, and the newest one in the end", () => {
  it.each(mirrorStarts)("without a fault, from %s", async (start) => {
    await expectSound({ start, faults: [] });
  });

  it.each(faultKinds)("with the fault %s at the calls chosen for it", async (kind) => {
    const { calls } = await runMirror({ start: "all-changed", faults: [] });
    const places = placesOf(calls);
    const lastOf = new Map(places.map(({ call, occurrence }) => [call, occurrence]));
    const isTried = ({ call, occurrence }: (typeof places)[number]) =>
      EVERYWHERE.has(kind) ? occurrence === 1 || lastOf.get(call) === occurrence : occurrence === 1 && ONCE.has(call);
    const chosen = places.filter(isTried);
    expect(chosen.length).toBeGreaterThanOrEqual(ONCE.size);
    for (const place of chosen) await expectSound({ start: "all-changed", faults: [{ ...place, kind }] });
  });

  it.each(["answer-lost", "lands-late", "killed-after", "server-error-after"] as const)(
    "with two containers at once, and the fault %s at the writes",
    async (kind) => {
      await expectSound({
        start: "nothing-stored",
        faults: [{ call: "create-secret", kind, occurrence: 1 }],
        isTwice: true,
      });
      for (const call of ["write-pending", "update-metadata"] as const) {
        await expectSound({ start: "all-changed", faults: [{ call, kind, occurrence: 1 }], isTwice: true });
      }
    },
  );

  it("where everything changes once more at any point of a call", async () => {
    for (let after = 0; after < 45; after += 4) {
      await expectSound({ start: "all-changed", faults: [], changesAfter: after, isTwice: after % 8 === 0 });
    }
  });

  it("where a container freezes at any second request, and another one overtakes it", async () => {
    let isRefused = false;
    for (let frozenAt = 0; frozenAt < 40; frozenAt += 2) {
      const { problems, ends } = await runMirror({ start: "all-changed", faults: [], frozenAt });
      expect(problems, `frozen at ${frozenAt}`).toEqual([]);
      isRefused ||= ends[0]?.returnMessage.startsWith("CLAIM_LIVE") === true;
    }
    expect(isRefused).toBe(true);
  });

  it("where writes land later than the next call's turn", async () => {
    for (const occurrence of [1, 2, 3]) {
      for (const lateMs of [61_000, 65_000]) {
        const faults = [{ call: "write-pending", kind: "lands-late", occurrence } as const];
        const switches = { "late-ms": lateMs };
        await expectSound({ start: "all-changed", faults, changesAfter: 30, switches, restMs: 61_000 });
      }
    }
  });
});

describe("The control", () => {
  it("that reads whatever is CURRENT is seen to read a torn set", async () => {
    const { problems } = await runMirror({ start: "all-changed", faults: [], reading: "current" });
    expect(problems).toContain("the manifest names a set that was never served: it is torn");
  });
});
