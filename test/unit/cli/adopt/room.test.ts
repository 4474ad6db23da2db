import { describe, expect, test } from "vitest";
import { requireRoom } from "../../../../src/cli/adopt/room.ts";
import type { ListedSecret } from "../../../../src/clients/vault/directory.ts";

const seen = (count: number) => Array.from({ length: count }, () => ({}) as ListedSecret);

describe("the room that a tenancy has for secrets", () => {
  test("is 5,000, the last one included", () => {
    expect(() => requireRoom(seen(4_999), 1)).not.toThrow();
    expect(() => requireRoom(seen(4_999), 2)).toThrow("there are 4999 secrets in these compartments, and 2 more");
  });

  test("is not asked for by a run that only goes on with secrets that are there", () => {
    expect(() => requireRoom(seen(5_001), 0)).not.toThrow();
  });
});
