import { describe, expect, test } from "vitest";
import type { VersionList } from "../../../../src/clients/vault/store.ts";
import { isOurs, versionName } from "../../../../src/clients/vault/version-name.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";

/** The versions up to that number, the newest first, the newest ones with these names. */
function listUpTo(highestNo: number, names: readonly string[] = []): VersionList {
  const versions = Array.from({ length: highestNo }, (_, index) => ({
    versionNo: highestNo - index,
    name: names[index] ?? null,
    versionStages: [],
    createdAt: 0,
    isBeingDeleted: false,
  }));
  return { versions, asOf: 0 };
}

const next = (list: VersionList, taken: string | null = null, seed = 1) =>
  versionName(list, taken, createSeededEntropy(seed));

describe("the name of the next version", () => {
  test.each([
    [0, null, "orot-1"],
    [1, null, "orot-2"],
    [41, null, "orot-42"],
    [41, "orot-41", "orot-42"],
  ])("after version %i, with %j taken, is %s", (highest, taken, expected) => {
    expect(next(listUpTo(highest), taken)).toBe(expected);
  });

  test.each([
    ["that a listed version has", listUpTo(41, ["orot-42"]), null],
    ["that an older listed version has", listUpTo(41, ["by-hand", "orot-40", "orot-42"]), null],
    ["that Vault called taken although no version has it", listUpTo(41), "orot-42"],
  ])("%s is followed by what nobody can guess", (_which, list, taken) => {
    const names = [1, 2, 3].map((seed) => next(list, taken, seed));
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^orot-42\.[0-9a-f]{10}$/);
  });

  test("stays a guess however many names were taken beforehand", () => {
    const list = listUpTo(41, ["orot-42", "orot-42.1", "orot-42.2"]);
    const first = next(list);
    expect(first).toMatch(/^orot-42\.[0-9a-f]{10}$/);
    // Should even that be taken, the next is another one.
    expect(next(list, first, 2)).not.toBe(first);
  });

  test.each([next(listUpTo(41)), next(listUpTo(41, ["orot-42"]))])("%s is one that Vault takes, and ours", (name) => {
    expect(name).toMatch(/^[A-Za-z0-9._-]{1,255}$/);
    expect(isOurs(name)).toBe(true);
  });
});

test.each([null, "", "made-by-hand", "ORO-1", "x-orot-1"])("a version named %j is not ours", (name) => {
  expect(isOurs(name)).toBe(false);
});
