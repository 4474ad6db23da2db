import nock from "nock";
import { describe, expect, test } from "vitest";
import { createDirectory } from "../../../../src/clients/vault/directory.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { silenceSdk } from "../../../support/silence-sdk.ts";
import { createVaultSeams, SIGNATURE, VAULT } from "../../../support/vault-rig.ts";

const COMPARTMENT = "ocid1.compartment.oc1..abc";
const FUNCTION = "ocid1.fnfunc.oc1.iad.abc";
const CANARY = "canary/+9c1f~4711";
const PATH = "/20180608/secrets";
const first = { compartmentId: COMPARTMENT, limit: "500" };

const summary = (id: string, rotationConfig?: unknown) => ({
  id,
  lifecycleState: "ACTIVE",
  secretName: CANARY,
  compartmentId: COMPARTMENT,
  vaultId: "ocid1.vault.oc1.iad.abc",
  timeCreated: "2026-11-01T00:00:00Z",
  ...(rotationConfig === undefined ? {} : { rotationConfig }),
});
const targeting = (functionId: string) => ({
  targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
  isScheduledRotationEnabled: true,
});

function setUp(budgetMs?: number) {
  const { access, seams } = createVaultSeams(budgetMs);
  const directory = createDirectory(access, seams);
  return { clock: seams.clock, directory, list: () => directory.list(COMPARTMENT) };
}

silenceSdk();

describe("the secrets of a compartment", () => {
  test("are asked for with a signed request, and told with the function that rotates them", async () => {
    nock(VAULT, { reqheaders: { authorization: SIGNATURE }, badheaders: ["opc-client-retries"] })
      .get(PATH)
      .query(first)
      .reply(200, [summary("one", targeting(FUNCTION)), { ...summary("two"), lifecycleState: "DELETED" }]);
    expect(await setUp().list()).toMatchObject([
      { secretId: "one", lifecycle: "ACTIVE", rotation: { functionId: FUNCTION } },
      { secretId: "two", lifecycle: "DELETED", rotation: { functionId: null } },
    ]);
  });

  test("are told with all that a list shows, times as milliseconds", async () => {
    const rotation = {
      rotationConfig: { ...targeting(FUNCTION), rotationInterval: "P30D" },
      rotationStatus: "SCHEDULED",
      lastRotationTime: "2026-11-01T10:00:00Z",
      nextRotationTime: "2026-12-01T10:00:00.500Z",
    };
    const more = { timeOfCurrentVersionExpiry: "2026-12-05T00:00:00Z", freeformTags: { a: "b" }, isReplica: true };
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [{ ...summary("one"), ...rotation, ...more }, summary("two")]);
    const plain = { name: CANARY, compartmentId: COMPARTMENT, vaultId: "ocid1.vault.oc1.iad.abc", lifecycle: "ACTIVE" };
    const createdAt = Date.parse("2026-11-01T00:00:00Z");
    expect(await setUp().list()).toEqual([
      {
        ...plain,
        secretId: "one",
        createdAt,
        isReplica: true,
        tags: { a: "b" },
        expiresAt: Date.parse("2026-12-05T00:00:00Z"),
        rotation: {
          functionId: FUNCTION,
          targetType: "FUNCTION",
          intervalDays: 30,
          isScheduled: true,
          status: "SCHEDULED",
          lastAt: Date.parse("2026-11-01T10:00:00Z"),
          nextAt: Date.parse("2026-12-01T10:00:00.500Z"),
        },
      },
      {
        ...plain,
        secretId: "two",
        createdAt,
        isReplica: false,
        tags: {},
        expiresAt: null,
        rotation: {
          functionId: null,
          targetType: null,
          intervalDays: null,
          isScheduled: false,
          status: null,
          lastAt: null,
          nextAt: null,
        },
      },
    ]);
  });

  test("may have tags that cannot be read", async () => {
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [{ ...summary("one"), freeformTags: { a: 5 } }]);
    expect(await setUp().list()).toMatchObject([{ tags: null }]);
  });

  test("are asked for by vault, name and lifecycle state", async () => {
    nock(VAULT)
      .get(PATH)
      .query({ ...first, vaultId: "v", name: "n", lifecycleState: "ACTIVE" })
      .reply(200, [summary("one")]);
    const found: string[] = [];
    const filter = { compartmentId: COMPARTMENT, vaultId: "v", name: "n", lifecycle: "ACTIVE" } as const;
    for await (const { secretId } of setUp().directory.secrets(filter)) found.push(secretId);
    expect(found).toEqual(["one"]);
  });

  test("are read no further than they are asked for", async () => {
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [summary("one"), summary("two")], { "opc-next-page": "p2" });
    for await (const { secretId } of setUp().directory.secrets({ compartmentId: COMPARTMENT })) {
      expect(secretId).toBe("one");
      break;
    }
  });

  test.each([
    ["no rotation configuration", undefined],
    ["an empty one", {}],
    ["one without a target", { targetSystemDetails: undefined, isScheduledRotationEnabled: false }],
    ["a database as target", { targetSystemDetails: { targetSystemType: "ADB", adbId: "x" } }],
  ])("with %s have no function", async (_title, rotationConfig) => {
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [summary("one", rotationConfig)]);
    expect(await setUp().list()).toMatchObject([
      { secretId: "one", lifecycle: "ACTIVE", rotation: { functionId: null } },
    ]);
  });

  test("are read page by page to the end, also past an empty page", async () => {
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [summary("one")], { "opc-next-page": "p2" })
      .get(PATH)
      .query({ ...first, page: "p2" })
      .reply(200, [], { "opc-next-page": "p3" })
      .get(PATH)
      .query({ ...first, page: "p3" })
      .reply(200, [summary("two"), summary("three")]);
    expect((await setUp().list()).map(({ secretId }) => secretId)).toEqual(["one", "two", "three"]);
  });

  test("may be none", async () => {
    nock(VAULT).get(PATH).query(first).reply(200, []);
    expect(await setUp().list()).toEqual([]);
  });

  test.each([429, 500, 503])("are asked for again after a %i", async (status) => {
    nock(VAULT).get(PATH).query(first).reply(status, { code: "x", message: CANARY });
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [summary("one")]);
    const { list, clock } = setUp();
    expect(await list()).toHaveLength(1);
    expect(clock.slept).toEqual([500]);
  });

  test("are not told where Vault stays away", async () => {
    nock(VAULT).get(PATH).query(first).times(3).reply(503, { code: "x", message: CANARY });
    expectNoTrace(await expectFailure(setUp().list, "VAULT_UNAVAILABLE", "ListSecrets"), CANARY);
  });

  test("are not told in part: a page that fails is the end", async () => {
    nock(VAULT)
      .get(PATH)
      .query(first)
      .reply(200, [summary("one")], { "opc-next-page": "p2" });
    nock(VAULT)
      .get(PATH)
      .query({ ...first, page: "p2" })
      .times(3)
      .reply(500, { code: "x", message: CANARY });
    await expectFailure(setUp().list, "VAULT_UNAVAILABLE", "ListSecrets");
  });

  test("need a policy", async () => {
    nock(VAULT).get(PATH).query(first).reply(401, { code: "NotAuthenticated", message: CANARY });
    const error = await expectFailure(setUp().list, "VAULT_FORBIDDEN", "ListSecrets");
    expectNoTrace(error, CANARY);
  });

  test("answered with no list are asked for again, and then cannot be read", async () => {
    nock(VAULT).get(PATH).query(first).times(3).reply(200, { items: 5 });
    await expectFailure(setUp().list, "VAULT_UNAVAILABLE", "ListSecrets");
  });

  test.each([
    ["entries without an id", [{ ...summary("one"), id: undefined }]],
    ["entries without a lifecycle state", [{ ...summary("one"), lifecycleState: undefined }]],
    ["a time that is none", [{ ...summary("one"), timeCreated: "yesterday" }]],
  ])("answered with %s cannot be read", async (_title, body) => {
    nock(VAULT).get(PATH).query(first).reply(200, body);
    await expectFailure(setUp().list, "VAULT_UNAVAILABLE", "ListSecrets");
  });
});
