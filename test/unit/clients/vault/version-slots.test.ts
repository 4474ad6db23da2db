import { expect, test } from "vitest";
import { freeSlots } from "../../../../src/clients/vault/version-slots.ts";

const listOf = (used: number, leaving: number) => ({
  asOf: 0,
  versions: Array.from({ length: used + leaving }, (_, at) => ({
    versionNo: used + leaving - at,
    name: null,
    versionStages: [],
    createdAt: 0,
    isBeingDeleted: at >= used,
  })),
});

test.each([
  [1, 0, 29],
  [30, 0, 0],
  [26, 4, 4],
  [10, 200, 20],
])("%i versions in use and %i on their way out leave %i slots", (used, leaving, free) => {
  expect(freeSlots(listOf(used, leaving))).toBe(free);
});
