import { expect, test } from "vitest";
import { createClientCache } from "../../../src/rotation/client-cache.ts";
import { toyClient } from "../../support/held.ts";

const SECRET = "ocid1.vaultsecret.oc1.iad.a";
const other = { ...toyClient, clientId: "other" };

test("the client that a version names is known only for that version of that secret", () => {
  const cache = createClientCache();
  expect(cache.get(SECRET, 1)).toBeUndefined();
  cache.put(SECRET, 1, toyClient);
  cache.put(SECRET, 2, other);
  expect(cache.get(SECRET, 1)).toBe(toyClient);
  expect(cache.get(SECRET, 2)).toBe(other);
  for (const [secretId, versionNo] of [
    [SECRET, 3],
    [SECRET, 11],
    [`${SECRET}b`, 1],
    [`${SECRET} 1`, 1],
  ] as const) {
    expect(cache.get(secretId, versionNo)).toBeUndefined();
  }
});

test("a thousand are known, and the one that was put longest ago goes first", () => {
  const cache = createClientCache();
  for (let versionNo = 1; versionNo <= 1_000; versionNo += 1) cache.put(SECRET, versionNo, toyClient);
  cache.put(SECRET, 1, other);
  cache.put(SECRET, 1_001, toyClient);
  expect(cache.get(SECRET, 1)).toBe(other);
  expect(cache.get(SECRET, 2)).toBeUndefined();
  expect(cache.get(SECRET, 3)).toBe(toyClient);
  expect(cache.get(SECRET, 1_001)).toBe(toyClient);
});

test("a copy knows what was known, and both go on by themselves", () => {
  const cache = createClientCache();
  cache.put(SECRET, 1, toyClient);
  const copy = cache.copy();
  cache.put(SECRET, 2, other);
  copy.put(SECRET, 3, other);
  expect([1, 2, 3].map((versionNo) => copy.get(SECRET, versionNo))).toEqual([toyClient, undefined, other]);
  expect([1, 2, 3].map((versionNo) => cache.get(SECRET, versionNo))).toEqual([toyClient, other, undefined]);
});
