import { describe, expect, test } from "vitest";
import type { Budget } from "../../../../src/base/budget.ts";
import type { SecretState, SecretStore } from "../../../../src/clients/vault/store.ts";
import { createUpdating, createUpdatingTimes } from "../../../../src/clients/vault/updating.ts";
import { waitUntilActive } from "../../../../src/clients/vault/wait-active.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const stateOf = (lifecycle: string): SecretState => ({
  ...{ etag: "e1", lifecycle, currentVersionNo: 1, isReplica: false, metadata: {}, tags: null, compartmentId: null },
  definedTags: {},
});

/** A secret that is in each of these states for one look, and in the last one from then on. */
function waiting(lifecycles: readonly string[], activeWaitSeconds = 60, budgetMs = 300_000) {
  const clock = createInstantClock();
  const left = [...lifecycles];
  const looked: string[] = [];
  const end = clock.monotonic() + budgetMs;
  const store: Pick<SecretStore, "readSecret"> = {
    async readSecret() {
      const lifecycle = (left.length > 1 ? left.shift() : left[0]) ?? "";
      looked.push(lifecycle);
      return stateOf(lifecycle);
    },
  };
  const budget: Pick<Budget, "remainingInCall"> = { remainingInCall: () => Math.max(0, end - clock.monotonic()) };
  const clients = { vault: createUpdating(clock, createUpdatingTimes()).watch(store as SecretStore) };
  const seams = { clients, settings: { activeWaitSeconds }, clock, budget: budget as Budget };
  return { seams, looked, clock };
}

const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);

describe("a secret is waited for until it is ACTIVE", () => {
  test("at once, where it is", async () => {
    const { seams, clock } = waiting(["ACTIVE"]);
    expect(await waitUntilActive(seams)).toMatchObject({ lifecycle: "ACTIVE" });
    expect(clock.slept).toEqual([]);
  });

  test("with looks that become rarer, after a write and after it was made", async () => {
    const { seams, clock } = waiting(["CREATING", ...Array.from({ length: 8 }, () => "UPDATING"), "ACTIVE"]);
    expect(await waitUntilActive(seams)).toMatchObject({ lifecycle: "ACTIVE" });
    expect(clock.slept.map(Math.round)).toEqual([100, 100, 100, 100, 100, 100, 100, 117, 137]);
  });

  test("no longer than the setting says", async () => {
    const { seams, clock } = waiting(["UPDATING"], 3);
    expect(await waitUntilActive(seams)).toBeNull();
    expect(sum(clock.slept)).toBeCloseTo(3_000);
  });

  test("no longer than the call has time for it: one second is left for what follows", async () => {
    const { seams, clock } = waiting(["UPDATING"], 60, 3_500);
    expect(await waitUntilActive(seams)).toBeNull();
    expect(sum(clock.slept)).toBeCloseTo(2_500);
  });

  test("to the end of the call, where nothing follows", async () => {
    const { seams, clock } = waiting(["UPDATING"], 60, 2_500);
    expect(await waitUntilActive(seams, 0)).toBeNull();
    expect(sum(clock.slept)).toBeCloseTo(2_500);
  });

  test("and is not asked about where the call has no time", async () => {
    const { seams, looked } = waiting(["ACTIVE"], 60, 1_000);
    expect(await waitUntilActive(seams)).toBeNull();
    expect(looked).toEqual([]);
  });
});
