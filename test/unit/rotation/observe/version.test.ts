import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { createClientCache } from "../../../../src/rotation/client-cache.ts";
import { observeVersion, promoteStateOf } from "../../../../src/rotation/observe/version.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import { claim, createRig, credential, noteLogin, type Written } from "../rig.ts";
import { current } from "./observe-rig.ts";

const pending: Written = { no: 8, stages: ["PENDING", "LATEST"], content: credential("S8") };

function setUp(versions: readonly Written[] = [current, pending]) {
  const rig = createRig(versions);
  const attempt = createAttempt(null);
  return { rig, attempt, look: (versionNo = 8) => observeVersion({ context: rig.context, attempt }, versionNo) };
}

describe("a look at one version", () => {
  test("reads the secret, that version, and CURRENT, by which it is settled whom the call serves", async () => {
    const { rig, attempt, look } = setUp();
    const seen = await look();
    expect(rig.asked).toEqual(["read-secret", "read 8", "read 7"]);
    expect(seen).toMatchObject({ isUpdating: false, currentNo: 7, versionNo: 8 });
    expect(attempt.read.etag).toBe("etag-1");
    expect(promoteStateOf({ context: rig.context, attempt }, seen)).toEqual({
      isUpdating: false,
      versionNo: 8,
      target: { versionNo: 8, verdict: "not-asked", versionStages: ["PENDING", "LATEST"], isCredential: true },
    });
  });

  test("reads no CURRENT whose client is known from an earlier call, and none beside CURRENT itself", async () => {
    const { rig, look } = setUp();
    await look();
    rig.asked.length = 0;
    await observeVersion({ context: rig.context, attempt: createAttempt(null) }, 8);
    expect(rig.asked).toEqual(["read-secret", "read 8"]);
    rig.asked.length = 0;
    await observeVersion(
      { context: { ...rig.context, clientCache: createClientCache() }, attempt: createAttempt(null) },
      7,
    );
    expect(rig.asked).toEqual(["read-secret", "read 7"]);
  });

  test("finds CURRENT in the list if Vault does not name it with the secret", async () => {
    const { rig, attempt } = setUp();
    const { vault: store } = rig.context.clients;
    const unnamed = async () => ({ ...(await store.readSecret()), currentVersionNo: null });
    const invocation = {
      ...rig.context,
      clients: { ...rig.context.clients, vault: { ...store, readSecret: unnamed } },
    };
    expect((await observeVersion({ context: invocation, attempt }, 8)).version?.versionNo).toBe(8);
    expect(attempt.read.served?.client).toEqual(toyClient);
    expect(rig.asked).toEqual(["read-secret", "read 8", "list", "read 7"]);
    const unlisted = {
      ...invocation,
      clients: { ...invocation.clients, vault: { ...invocation.clients.vault, listVersions: async () => null } },
    };
    const blind = () =>
      observeVersion({ context: { ...unlisted, clientCache: createClientCache() }, attempt: createAttempt(null) }, 8);
    await expectFailure(blind, "VAULT_UNAVAILABLE", "Vault does not say which version is CURRENT");
  });

  test("finds no credential in a version of another client than CURRENT", async () => {
    const { rig, attempt, look } = setUp([current, { ...pending, content: credential("S8", { clientId: "another" }) }]);
    expect(promoteStateOf({ context: rig.context, attempt }, await look()).target?.isCredential).toBe(false);
    expect(attempt.read.strangers).toEqual(new Set([8]));
  });

  test("forgets the verdicts of the last, but not what the version holds", async () => {
    const { rig, attempt, look } = setUp();
    await look();
    noteLogin(attempt, rig, 8, "accepted");
    const known = attempt.read.contents.get(8);
    const seen = await look();
    expect(attempt.read.contents.get(8)).toBe(known);
    expect(promoteStateOf({ context: rig.context, attempt }, seen).target?.verdict).toBe("not-asked");
  });

  test("says that the secret is UPDATING, and is refused if it cannot be rotated", async () => {
    const { rig, look } = setUp();
    rig.vault.lifecycle = "UPDATING";
    expect((await look()).isUpdating).toBe(true);
    rig.vault.lifecycle = "FAILED";
    await expectFailure(look, "SECRET_NOT_ROTATABLE");
  });

  test.each([
    [59, "unknown"],
    [60, "rejected"],
  ] as const)("takes a refusal %i s after it was stored as %s", async (ageSeconds, verdict) => {
    const { rig, attempt, look } = setUp([current, { ...pending, ageSeconds }]);
    const seen = await look();
    noteLogin(attempt, rig, 8, "rejected");
    expect(promoteStateOf({ context: rig.context, attempt }, seen).target?.verdict).toBe(verdict);
  });

  test.each([
    ["a claim", claim("S7")],
    ["not understood", "not json"],
  ])("finds no credential in a version that is %s", async (_what, content) => {
    const { rig, attempt, look } = setUp([current, { ...pending, content }]);
    expect(promoteStateOf({ context: rig.context, attempt }, await look()).target?.isCredential).toBe(false);
  });

  test("finds none if what it holds is not known", async () => {
    const { rig, attempt, look } = setUp();
    const seen = await look();
    attempt.read.contents.clear();
    expect(promoteStateOf({ context: rig.context, attempt }, seen).target?.isCredential).toBe(false);
  });
});

describe("a version that Vault does not find", () => {
  test("does not exist if the list has none of that number", async () => {
    const { rig, attempt, look } = setUp();
    const seen = await look(9);
    expect(seen.version).toBeNull();
    expect(rig.asked).toEqual(["read-secret", "read 9", "list", "read 7"]);
    expect(promoteStateOf({ context: rig.context, attempt }, seen)).toEqual({
      isUpdating: false,
      versionNo: 9,
      target: null,
    });
  });

  const failing = (code: ErrorCode, isListed: boolean) => {
    const { rig, attempt } = setUp();
    const invocation = {
      ...rig.context,
      clients: {
        ...rig.context.clients,
        vault: {
          ...rig.context.clients.vault,
          readVersion: async (no: number) =>
            no === 8 ? Promise.reject(new RotationError(code, "no answer")) : rig.context.clients.vault.readVersion(no),
          ...(isListed ? {} : { listVersions: async () => null }),
        },
      },
    };
    return { rig, look: () => observeVersion({ context: invocation, attempt }, 8) };
  };

  test("although it is listed is one that we may not read", async () => {
    await expectFailure(failing("SECRET_NOT_FOUND", true).look, "SECRET_NOT_FOUND", "no answer");
  });

  test("while Vault refuses to list counts as none", async () => {
    expect((await failing("SECRET_NOT_FOUND", false).look()).version).toBeNull();
  });

  test("for any other reason ends the look at once", async () => {
    const { rig, look } = failing("VAULT_UNAVAILABLE", true);
    await expectFailure(look, "VAULT_UNAVAILABLE", "no answer");
    expect(rig.asked).toEqual(["read-secret"]);
  });

  test("because of a defect of ours is no missing version", async () => {
    const { rig, attempt } = setUp();
    const store = {
      ...rig.context.clients.vault,
      readVersion: async () => Promise.reject(new TypeError("a defect")),
    };
    await expect(
      observeVersion({ context: { ...rig.context, clients: { ...rig.context.clients, vault: store } }, attempt }, 9),
    ).rejects.toThrow(TypeError);
  });
});
