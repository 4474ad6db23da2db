import { describe, expect, test } from "vitest";
import {
  compartmentId,
  duration,
  type Field,
  flag,
  functionId,
  listOf,
  ocid,
  oneOf,
  optional,
  text,
  vaultId,
  wholeNumber,
} from "../../../src/cli/fields.ts";

const secretId = ocid("vaultsecret", "a Vault secret");
const read = <T>(field: Field<T>, typed: unknown) => {
  const parsed = field.safeParse(typed);
  return parsed.success ? parsed.data : `refused: ${parsed.error.issues[0]?.message}`;
};

describe("what arguments and options take", () => {
  test.each([
    ["0s", 0],
    ["45s", 45_000],
    ["15m", 900_000],
    ["12h", 43_200_000],
    ["30d", 2_592_000_000],
  ])("the duration %s is %i ms", (typed, ms) => {
    expect(read(duration, typed)).toBe(ms);
  });

  test.each(["", "30", "-1d", "1.5h", "1w", "30 d"])("%j is no duration", (typed) => {
    expect(read(duration, typed)).toBe("refused: a whole number with s, m, h or d, such as 30d");
  });

  test("an OCID must be of the right type", () => {
    expect(read(secretId, "ocid1.vaultsecret.oc1.iad.a")).toBe("ocid1.vaultsecret.oc1.iad.a");
    expect(read(compartmentId, "ocid1.tenancy.oc1..a")).toBe("ocid1.tenancy.oc1..a");
    expect(read(secretId, "ocid1.vault.oc1.iad.a")).toMatch(/^refused: the OCID of a Vault secret/);
    expect(read(ocid("key", "a key"), "ocid1.vault.oc1..a")).toBe("refused: the OCID of a key, ocid1.key...");
    expect(read(vaultId, "ocid1.vaultsecret.oc1.iad.a")).toMatch(/^refused/);
    expect(read(functionId, "ocid1.fnfunc.oc1.iad.a/../b")).toMatch(/^refused/);
  });

  test("a whole number stays within its bounds", () => {
    const field = wholeNumber(1, 16);
    expect([read(field, "1"), read(field, "16")]).toEqual([1, 16]);
    for (const typed of ["0", "17", "1e1", "", "-1"])
      expect(read(field, typed)).toBe("refused: a whole number from 1 to 16");
  });

  test("one of several names the others", () => {
    const field = oneOf("vault", "function", "local");
    expect(read(field, "local")).toBe("local");
    expect(read(field, "Local")).toBe("refused: one of vault, function, local");
  });

  test("what is absent is undefined, an empty list or false", () => {
    expect(read(optional(text), undefined)).toBeUndefined();
    expect(read(listOf(text), undefined)).toEqual([]);
    expect(read(flag, undefined)).toBe(false);
    expect(read(text, "")).toBe("refused: a text");
  });
});
