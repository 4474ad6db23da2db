import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../../../src/emulator/core/faults.ts";
import {
  claimWith,
  contentWith,
  keepUpdating,
  regenerateByHand,
  writeVersion,
} from "../../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

const rollback = (w: TestWorld) => w.call({ secretId: w.secretId, action: "rollback" });

async function rotated(): Promise<TestWorld> {
  const w = await world();
  await w.steps();
  // Someone looks at the secret until it is ACTIVE again.
  await w.call({ secretId: w.secretId, action: "check" });
  return w;
}

/** A rotated secret whose issuer, by hand, has gone back to the value in PREVIOUS. */
async function rotatedAndTakenBack(): Promise<TestWorld> {
  const w = await rotated();
  regenerateByHand(w, w.app.secret);
  return w;
}

describe("rollback", () => {
  test("makes PREVIOUS CURRENT where it logs in", async () => {
    const w = await rotatedAndTakenBack();
    const answer = await rollback(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(1);
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PREVIOUS");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is refused where PREVIOUS does not log in, which is so after every rotation of this issuer", async () => {
    const w = await rotated();
    const before = w.state();
    expect(outcomeOf(await rollback(w))).toBe("ROLLBACK_REFUSED 409");
    expect(w.state()).toEqual(before);
  });

  test("is refused without a PREVIOUS version", async () => {
    const w = await world();
    expect(outcomeOf(await rollback(w))).toBe("ROLLBACK_REFUSED 409");
  });

  test("does nothing if it is not known whether PREVIOUS logs in", async () => {
    const w = await rotatedAndTakenBack();
    w.emulator.faults.add({ call: "token-pending", kind: "server-error-before", count: 100 });
    const before = w.state();
    expect(outcomeOf(await rollback(w))).toBe("ISSUER_UNAVAILABLE 503");
    expect(w.state()).toEqual(before);
  });

  test.each<FaultKind>(["answer-lost", "server-error-after", "truncated", "too-slow"])(
    "whose write was not answered (%s) looks whether it landed",
    async (kind) => {
      const w = await rotatedAndTakenBack();
      w.emulator.faults.add({ call: "promote", kind });
      expect(outcomeOf(await rollback(w))).toBe("OK 200");
      expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PREVIOUS");
    },
  );

  test.each([
    ["refused", 503],
    ["unauthorized", 403],
    ["precondition-failed", 503],
  ] as const)("whose write did not land (%s) says so", async (kind, responseCode) => {
    const w = await rotatedAndTakenBack();
    w.emulator.faults.add({ call: "promote", kind });
    expect((await rollback(w)).responseCode).toBe(responseCode);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });

  test("never makes a claim CURRENT", async () => {
    const w = await world();
    await writeVersion(w, claimWith(w), { stage: "CURRENT" });
    await writeVersion(w, contentWith(w, w.app.secret), { stage: "CURRENT" });
    expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
    const before = w.state();
    expect(outcomeOf(await rollback(w))).toBe("ROLLBACK_REFUSED 409");
    expect(w.state()).toEqual(before);
  });

  test("right after another write waits until the secret is ACTIVE", async () => {
    const w = await rotatedAndTakenBack();
    keepUpdating(w, { ms: 10_000 });
    expect(outcomeOf(await rollback(w))).toBe("OK 200");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PREVIOUS");
  });

  test("of a secret that stays UPDATING is for later, well before the deadline", async () => {
    const w = await rotatedAndTakenBack();
    keepUpdating(w, { polls: 100 });
    const started = w.clock.now();
    expect(outcomeOf(await rollback(w))).toBe("VAULT_UNAVAILABLE 503");
    expect(w.clock.now() - started).toBeLessThan(35_000);
  });

  test("twice goes forth and not back, since then PREVIOUS does not log in", async () => {
    const w = await rotatedAndTakenBack();
    await rollback(w);
    // Someone looks at the secret until it is ACTIVE again.
    await w.call({ secretId: w.secretId, action: "check" });
    expect(outcomeOf(await rollback(w))).toBe("ROLLBACK_REFUSED 409");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PREVIOUS");
  });
});
