import { expect, test } from "vitest";
import { highestNo } from "../../../../src/clients/vault/highest.ts";
import type { VersionSummary } from "../../../../src/clients/vault/store.ts";

const version = (versionNo: number): VersionSummary => ({
  versionNo,
  name: null,
  versionStages: ["DEPRECATED"],
  createdAt: 0,
  isBeingDeleted: versionNo === 9,
});

test("the highest number is that of the first version of a list, also one that is being deleted; 0 without one", () => {
  expect(highestNo({ versions: [version(9), version(3)] })).toBe(9);
  expect(highestNo({ versions: [] })).toBe(0);
});
