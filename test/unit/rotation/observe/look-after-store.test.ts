import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { accepted, createRig, observed, withVault } from "../rig.ts";
import { current, pending } from "./observe-rig.ts";

const stored = { ...pending(8), name: "orot-8" };

/** A run that promotes nothing has looked, and then stored version 8. */
async function afterStore() {
  const rig = createRig([current]);
  const attempt = createAttempt(null, false, true);
  const first = await observed(rig, attempt);
  rig.vault.versions.push(stored);
  attempt.stored = { name: "orot-8", logIn: async () => accepted, login: null };
  rig.asked.length = 0;
  return { rig, attempt, first, look: () => observe({ context: rig.context, attempt }, true, first) };
}

describe("the look of a run that promotes nothing, after it has stored its value", () => {
  test("only lists the versions, and finds the value PENDING", async () => {
    const { rig, attempt, look } = await afterStore();
    expect(await look()).toMatchObject({ pending: { versionNo: 8 }, current: { versionNo: 7 }, claim: null });
    expect(rig.asked).toEqual(["list"]);
    expect(attempt.stored).toBeNull();
  });

  test("forgets the value in hand, which the list shows stored", async () => {
    const { rig, attempt, first, look } = await afterStore();
    keepUnsaved({ context: rig.context, attempt, snapshot: first }, new Secret("S8"), true);
    await look();
    expect(attempt.unsaved).toBeNull();
  });

  test("is a full one if another version lies on top", async () => {
    const { rig, look } = await afterStore();
    rig.vault.versions.push({ ...pending(9), name: "by-hand" });
    expect(await look()).toMatchObject({ pending: { versionNo: 9 } });
    expect(rig.asked.slice(0, 3)).toEqual(["list", "read-secret", "list"]);
  });

  test("waits while the secret is UPDATING, and is then a short one", async () => {
    const { rig, attempt, first, look } = await afterStore();
    const updating = withVault(rig.context, { listVersions: async () => null });
    expect(await observe({ context: updating, attempt }, true, first)).toBeNull();
    expect(await look()).toMatchObject({ pending: { versionNo: 8 } });
    expect(rig.asked).toEqual(["list"]);
  });
});

describe("a call keeps to the pace of one that has begun a rotation", () => {
  test.each([
    ["not while nothing of it is left", [current], null, false],
    ["while a version is PENDING", [current, pending(8)], null, true],
    ["not for a PENDING version that awaits deletion", [current, { ...pending(8), isBeingDeleted: true }], null, false],
    ["while a value is not stored", [current], new Secret("S9"), true],
  ] as const)("%s", async (_when, versions, unsaved, isFinishing) => {
    const rig = createRig(versions);
    const attempt = createAttempt(null);
    const snapshot = await observed(rig, attempt);
    if (unsaved !== null) keepUnsaved({ context: rig.context, attempt, snapshot }, unsaved, true);
    await observed(rig, attempt);
    expect(rig.context.pace.isFinishing).toBe(isFinishing);
  });
});
