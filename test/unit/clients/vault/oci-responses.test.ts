import { describe, expect, test } from "vitest";
import {
  readSecretState,
  readStoredVersion,
  readVersionSummaries,
} from "../../../../src/clients/vault/oci-responses.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const CANARY = "canary/+9c1f~4711";
const CREATED = "2026-01-01T10:00:00.123Z";

describe("a secret", () => {
  const secret = {
    id: "x",
    lifecycleState: "ACTIVE",
    currentVersionNumber: 3,
    isReplica: false,
    metadata: { a: 1 },
    freeformTags: { team: "x" },
    compartmentId: "ocid1.compartment.oc1..a",
    definedTags: { rotation: { client: "uaa base=x", count: 7 }, "Oracle-Tags": { CreatedBy: "me" } },
  };

  test("is read with its etag", () => {
    expect(readSecretState(secret, '"e1"')).toEqual({
      etag: '"e1"',
      lifecycle: "ACTIVE",
      currentVersionNo: 3,
      isReplica: false,
      metadata: { a: 1 },
      tags: { team: "x" },
      compartmentId: "ocid1.compartment.oc1..a",
      definedTags: { rotation: { client: "uaa base=x", count: 7 }, "Oracle-Tags": { CreatedBy: "me" } },
    });
  });

  test("may lack etag, current version and replication", () => {
    const bare = {
      etag: null,
      lifecycle: "CREATING",
      currentVersionNo: null,
      isReplica: false,
      metadata: {},
      tags: {},
      compartmentId: null,
      definedTags: {},
    };
    expect(readSecretState({ lifecycleState: "CREATING" }, undefined)).toEqual(bare);
    expect(readSecretState({ lifecycleState: "CREATING", currentVersionNumber: null, isReplica: null }, "")).toEqual(
      bare,
    );
  });

  test("may have tags that cannot be read, and is readable all the same", () => {
    expect(readSecretState({ ...secret, freeformTags: { team: 5 } }, "e")).toMatchObject({ tags: null });
    expect(readSecretState({ ...secret, freeformTags: null }, "e")).toMatchObject({ tags: {} });
  });

  test.each([
    ["a compartment that is no text", { compartmentId: 7 }, { compartmentId: null }],
    ["no compartment", { compartmentId: undefined }, { compartmentId: null }],
    ["defined tags that are a list", { definedTags: ["rotation"] }, { definedTags: {} }],
    ["defined tags that are text", { definedTags: { rotation: "client" } }, { definedTags: {} }],
    ["no defined tags", { definedTags: null }, { definedTags: {} }],
  ])("may have %s, and is readable all the same: it binds nothing", (_title, change, expected) => {
    expect(readSecretState({ ...secret, ...change }, "e")).toMatchObject({ lifecycle: "ACTIVE", ...expected });
  });

  test("may be a replica in a state that we do not know", () => {
    expect(readSecretState({ lifecycleState: "RESTING", isReplica: true }, "e")).toMatchObject({
      lifecycle: "RESTING",
      isReplica: true,
    });
  });

  test.each([
    null,
    undefined,
    "ACTIVE",
    [],
    {},
    { lifecycleState: 1 },
    { ...secret, currentVersionNumber: "3" },
    { ...secret, isReplica: "no" },
  ])("of another shape is unreadable: %j", async (answer) => {
    await expectFailure(
      () => readSecretState(answer, "e"),
      "VAULT_UNAVAILABLE",
      "answer to GetSecret could not be read",
    );
  });
});

describe("a list of versions", () => {
  test("is read, dates as text or as Date, stages that we do not know left out", () => {
    expect(
      readVersionSummaries([
        {
          secretId: "x",
          versionNumber: 2,
          timeCreated: CREATED,
          name: "orot-2",
          stages: ["PENDING", "LATEST", "RESTING"],
        },
        { versionNumber: 1, timeCreated: new Date(CREATED), stages: null, timeOfDeletion: "2026-01-03T00:00:00Z" },
        { versionNumber: 3, timeCreated: CREATED, name: null, timeOfDeletion: null },
      ]),
    ).toEqual([
      {
        versionNo: 2,
        name: "orot-2",
        versionStages: ["PENDING", "LATEST"],
        createdAt: Date.parse(CREATED),
        isBeingDeleted: false,
      },
      { versionNo: 1, name: null, versionStages: [], createdAt: Date.parse(CREATED), isBeingDeleted: true },
      { versionNo: 3, name: null, versionStages: [], createdAt: Date.parse(CREATED), isBeingDeleted: false },
    ]);
  });

  test("may be empty", () => {
    expect(readVersionSummaries([])).toEqual([]);
  });

  test.each([
    undefined,
    {},
    [null],
    [{ versionNumber: 1 }],
    [{ versionNumber: 1.5, timeCreated: CREATED }],
    [{ versionNumber: 1, timeCreated: "yesterday" }],
    [{ versionNumber: 1, timeCreated: CREATED, stages: "CURRENT" }],
  ])("of another shape is unreadable: %j", async (answer) => {
    await expectFailure(() => readVersionSummaries(answer), "VAULT_UNAVAILABLE", "ListSecretVersions");
  });
});

describe("a version's content", () => {
  const bundle = (content: unknown, more: object = {}) => ({
    secretId: "x",
    versionNumber: 2,
    timeCreated: CREATED,
    stages: ["CURRENT", "LATEST"],
    secretBundleContent: { contentType: "BASE64", content },
    ...more,
  });
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  test("is read as text, and prints as a secret", () => {
    const text = `{"appSecret":"${CANARY} é😀"}`;
    const version = readStoredVersion(bundle(base64(text)), 77);
    expect(version).toMatchObject({
      versionNo: 2,
      versionStages: ["CURRENT", "LATEST"],
      createdAt: Date.parse(CREATED),
      asOf: 77,
    });
    expect(version.content.reveal()).toBe(text);
    expectNoTrace(version, CANARY);
  });

  test("is read without the byte order mark that some editors put before it", () => {
    expect(readStoredVersion(bundle(base64('\ufeff{"a":"\ufeffb"}')), 77).content.reveal()).toBe('{"a":"\ufeffb"}');
  });

  test.each([
    ["UTF-16, little endian", Buffer.from('\ufeff{"a":1}', "utf16le")],
    ["UTF-16, big endian", Buffer.from('\ufeff{"a":1}', "utf16le").swap16()],
  ])("in %s is named as such", async (_what, bytes) => {
    const read = () => readStoredVersion(bundle(bytes.toString("base64")), 77);
    const thrown = await expectFailure(read, "CONTENT_INVALID", "the secret's content is UTF-16");
    expect(thrown.nextAction).toBe("store the same text as UTF-8, in a new version");
  });

  test("may be without a date, and empty", () => {
    const version = readStoredVersion(bundle("", { timeCreated: undefined }), 77);
    expect(version.createdAt).toBeNull();
    expect(version.content.reveal()).toBe("");
  });

  test("that is not UTF-8 is named as such", async () => {
    const content = Buffer.from([0x7b, 0xff, 0x7d]).toString("base64");
    await expectFailure(() => readStoredVersion(bundle(content), 77), "CONTENT_INVALID", "is not UTF-8 text");
  });

  test.each([
    undefined,
    {},
    bundle(undefined),
    bundle(7),
    bundle(base64(CANARY), { versionNumber: "2" }),
    { ...bundle(""), secretBundleContent: undefined },
    { ...bundle(""), secretBundleContent: { contentType: "PLAIN", content: CANARY } },
  ])("of another shape is unreadable, and none of it is told: case %#", async (answer) => {
    const error = await expectFailure(
      () => readStoredVersion(answer, 77),
      "VAULT_UNAVAILABLE",
      "answer to GetSecretBundle could not be read",
    );
    expectNoTrace(error, CANARY);
    expectNoTrace(error, base64(CANARY));
  });
});
