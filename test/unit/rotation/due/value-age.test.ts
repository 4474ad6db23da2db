import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { VersionStage } from "../../../../src/clients/vault/store.ts";
import { valueMadeAt } from "../../../../src/rotation/due/value-age.ts";

interface Listed {
  readonly value: string;
  /** The day on which it was written. */
  readonly on: number;
  readonly stage?: VersionStage;
  readonly isBeingDeleted?: boolean;
}

/** The day of CURRENT's value, of versions 1, 2, and so on, and which were read. */
async function madeAt(madeBy: number, versions: readonly Listed[], unreadable: readonly number[] = []) {
  const read: number[] = [];
  const store = {
    readVersion: async (versionNo: number) => {
      read.push(versionNo);
      if (unreadable.includes(versionNo)) throw new RotationError("VAULT_FORBIDDEN", "not for you");
      const content = new Secret(versions[versionNo - 1]?.value ?? "");
      return { versionNo, versionStages: [], content, createdAt: null, asOf: 0 };
    },
  };
  const listed = versions.map(({ on, stage = "DEPRECATED", isBeingDeleted = false }, index) => ({
    versionNo: index + 1,
    name: null,
    versionStages: [stage],
    createdAt: on,
    isBeingDeleted,
  }));
  const list = { versions: listed.toReversed(), asOf: 100 };
  const day = await valueMadeAt(store, list, (text) => text, madeBy);
  return { day, read };
}
const current = (value: string, on: number): Listed => ({ value, on, stage: "CURRENT" });

describe("the day on which CURRENT's value was made", () => {
  test("is that of its version, and nothing is read, if the version itself is old enough", async () => {
    expect(await madeAt(50, [{ value: "A", on: 1 }, current("B", 50)])).toEqual({ day: 50, read: [] });
  });

  test("is that of its version if no older one holds the value", async () => {
    expect(await madeAt(50, [{ value: "A", on: 1 }, { value: "B", on: 40 }, current("C", 60)])).toEqual({
      day: 60,
      read: [3, 1, 2],
    });
  });

  test("is that of the oldest version with the value, of which this one is a copy", async () => {
    const versions = [{ value: "A", on: 1 }, { value: "B", on: 2 }, { value: "A", on: 3 }, current("A", 60)];
    expect((await madeAt(50, versions)).day).toBe(1);
  });

  test("is that of PREVIOUS's version again, after a rollback", async () => {
    const versions: Listed[] = [current("A", 1), { value: "B", on: 60, stage: "PREVIOUS" }];
    expect(await madeAt(50, versions)).toEqual({ day: 1, read: [] });
  });

  test("needs no version that is too young to matter", async () => {
    const versions = [{ value: "A", on: 55 }, current("A", 60)];
    expect(await madeAt(50, versions)).toEqual({ day: 60, read: [] });
  });

  test("is that of its version where contents may not be read, and passes over a version that may not", async () => {
    const versions = [{ value: "A", on: 1 }, { value: "A", on: 2 }, current("A", 60)];
    expect((await madeAt(50, versions, [3])).day).toBe(60);
    expect((await madeAt(50, versions, [1])).day).toBe(2);
  });

  test("leaves out versions that are being deleted, and is not known without CURRENT", async () => {
    expect((await madeAt(50, [{ value: "A", on: 1, isBeingDeleted: true }, current("A", 60)])).day).toBe(60);
    expect((await madeAt(50, [{ value: "A", on: 1 }])).day).toBeNull();
  });

  test("is not guessed if Vault does not answer", async () => {
    const store = { readVersion: () => Promise.reject(new RotationError("VAULT_UNAVAILABLE", "no answer")) };
    const version = (versionNo: number, stage: VersionStage) => ({
      ...{ versionNo, name: null, versionStages: [stage], createdAt: versionNo * 40, isBeingDeleted: false },
    });
    const list = { versions: [version(2, "CURRENT"), version(1, "PREVIOUS")], asOf: 100 };
    await expect(valueMadeAt(store, list, (text) => text, 50)).rejects.toMatchObject({ code: "VAULT_UNAVAILABLE" });
  });
});
