import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import type { Switches } from "../../../../src/emulator/core/switches.ts";
import { setUp } from "../harness.ts";

const inDays = (now: number, days: number) => new Date(now + days * DAY_MS).toISOString();

/** Sends the same members to CreateSecret and to UpdateSecret. */
function ways(switches: Partial<Switches> = {}) {
  const made = setUp({ switches });
  const { compartmentId, vaultId, keyId } = made.emulator.admin.secret(made.secretId);
  const place = { compartmentId, vaultId, keyId };
  const secretContent = { contentType: "BASE64", content: made.base64("{}") };
  const create = (members: object) =>
    made.send("POST", "/20180608/secrets", { secretName: "made", ...place, secretContent, ...members });
  const update = (members: object) => made.control("PUT", "", members);
  const read = async (id: unknown) => (await made.send("GET", `/20180608/secrets/${String(id)}`)).json;
  return { ...made, place, create, update, read };
}

const target = (functionId: string) => ({ targetSystemType: "FUNCTION", functionId });
const replication = {
  replicationTargets: [
    { targetKeyId: "ocid1.key.oc1..r", targetRegion: "us-phoenix-1", targetVaultId: "ocid1.vault.oc1..r" },
  ],
  isWriteForwardEnabled: true,
};
const generation = {
  generationType: "PASSPHRASE",
  generationTemplate: "SECRETS_DEFAULT_PASSWORD",
  passphraseLength: 20,
};

describe("CreateSecret and UpdateSecret", () => {
  it.each(["create", "update"] as const)("%s keeps every documented member, and GetSecret tells it", async (way) => {
    const made = ways();
    const members = {
      description: "of the payments team",
      metadata: { owner: "payments" },
      freeformTags: { team: "payments" },
      definedTags: { operations: { costCenter: "42" } },
      secretRules: [
        { ruleType: "SECRET_REUSE_RULE", isEnforcedOnDeletedSecretVersions: true },
        { ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P90D" },
      ],
      rotationConfig: {
        rotationInterval: "P30D",
        isScheduledRotationEnabled: true,
        targetSystemDetails: target(made.functionId),
      },
      replicationConfig: replication,
      secretGenerationContext: generation,
      enableAutoGeneration: false,
    };
    const answer = await made[way](members);
    expect(answer.status).toBe(200);
    const { enableAutoGeneration, ...told } = members;
    expect(await made.read(answer.json["id"])).toMatchObject({
      ...told,
      isAutoGenerationEnabled: enableAutoGeneration,
      nextRotationTime: inDays(made.clock.now(), 30),
      rotationStatus: "SCHEDULED",
    });
  });

  const expiry = (more: object) => ({ secretRules: [{ ruleType: "SECRET_EXPIRY_RULE", ...more }] });
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag${n}`, "x"]));
  const cases: readonly (readonly [string, object | ((now: number) => object)])[] = [
    ["description", { description: 7 }],
    ["metadata", { metadata: ["a"] }],
    ["freeformTags", { freeformTags: { team: { name: "payments" } } }],
    ["freeformTags", { freeformTags: { cost: 42 } }],
    ["freeformTags", { freeformTags: { "a.b": "x" } }],
    ["freeformTags", { freeformTags: { ["k".repeat(101)]: "x" } }],
    ["freeformTags", { freeformTags: { team: "x".repeat(257) } }],
    ["freeformTags", { freeformTags: many(11) }],
    ["definedTags", { definedTags: { operations: "42" } }],
    ["definedTags", { definedTags: { operations: { costCenter: { of: "42" } } } }],
    ["definedTags", { definedTags: { operations: { costCenter: null } } }],
    ["secretRules", { secretRules: {} }],
    ["secretRules", { secretRules: [{ ruleType: "OTHER" }] }],
    ["secretRules", { secretRules: [{ ruleType: "SECRET_REUSE_RULE", isEnforcedOnDeletedSecretVersions: "yes" }] }],
    ["secretRules", expiry({ secretVersionExpiryInterval: "P0D" })],
    ["secretRules", expiry({ secretVersionExpiryInterval: "P91D" })],
    ["secretRules", expiry({ secretVersionExpiryInterval: "PT24H" })],
    ["secretRules", expiry({ isSecretContentRetrievalBlockedOnExpiry: 1 })],
    ["secretRules", (now) => expiry({ timeOfAbsoluteExpiry: inDays(now, 0.9) })],
    ["secretRules", (now) => expiry({ timeOfAbsoluteExpiry: inDays(now, 366) })],
    ["secretRules", expiry({ timeOfAbsoluteExpiry: "tomorrow" })],
    ["rotationConfig", { rotationConfig: { rotationInterval: "P30D" } }],
    ["rotationConfig", { rotationConfig: { targetSystemDetails: { targetSystemType: "FUNCTION" } } }],
    ["replicationConfig", { replicationConfig: {} }],
    ["replicationConfig", { replicationConfig: { replicationTargets: [{ targetRegion: "us-phoenix-1" }] } }],
    ["secretGenerationContext", { secretGenerationContext: { generationType: "DICE" } }],
    ["secretGenerationContext", { secretGenerationContext: { ...generation, generationTemplate: "RSA_2048" } }],
    ["enableAutoGeneration", { enableAutoGeneration: "no" }],
    ["securityAttributes", { securityAttributes: {} }],
  ];
  it.each(
    cases.flatMap(([member, members]) => (["create", "update"] as const).map((way) => ({ way, member, members }))),
  )("$way refuses $members by the name $member, and changes nothing", async ({ way, member, members }) => {
    const made = ways();
    const before = JSON.stringify(made.emulator.state);
    const answer = await made[way](typeof members === "function" ? members(made.clock.now()) : members);
    expect(answer).toMatchObject({ status: 400, json: { code: "InvalidParameter" } });
    expect(answer.json["message"]).toContain(member);
    expect(JSON.stringify(made.emulator.state)).toBe(before);
  });

  it.each([
    ["generate content", { enableAutoGeneration: true }, "enableAutoGeneration"],
    [
      "rotate through a database",
      { rotationConfig: { targetSystemDetails: { targetSystemType: "ADB", adbId: "a" } } },
      "ADB",
    ],
  ])("answer 501 where they are to %s, and say so", async (_what, members, word) => {
    const made = ways();
    for (const way of ["create", "update"] as const) {
      const answer = await made[way](members);
      expect(answer.status).toBe(501);
      expect(answer.json["message"]).toContain(word);
    }
  });

  it("take an absolute expiry of 1 to 365 days, and null for a member that is absent", async () => {
    const made = ways();
    for (const days of [1, 365]) {
      const rules = [{ ruleType: "SECRET_EXPIRY_RULE", timeOfAbsoluteExpiry: inDays(made.clock.now(), days) }];
      expect((await made.update({ secretRules: rules, description: null, secretContent: null })).status).toBe(200);
      await made.active();
    }
  });
});

describe("CreateSecret", () => {
  it.each([
    ["a name with a space", { secretName: "a b" }],
    ["a name of 256 characters", { secretName: "a".repeat(256) }],
    ["a name that is a number", { secretName: 7 }],
    ["content that is no base64", { secretContent: { contentType: "BASE64", content: "{}" } }],
    ["content without a content type", { secretContent: { content: "e30=" } }],
    ["a version name with a space", { secretContent: { contentType: "BASE64", content: "e30=", name: "a b" } }],
    ["a PENDING version", { secretContent: { contentType: "BASE64", content: "e30=", stage: "PENDING" } }],
    ["content that is text", { secretContent: "e30=" }],
  ])("refuses %s", async (_what, members) => {
    expect(await ways().create(members)).toMatchObject({ status: 400, json: { code: "InvalidParameter" } });
  });

  it.each(["secretName", "compartmentId", "vaultId", "keyId", "secretContent"])(
    "names %s where it is missing",
    async (member) => {
      const answer = await ways().create({ [member]: undefined });
      expect(answer).toMatchObject({ status: 400, json: { code: "MissingParameter" } });
      expect(answer.json["message"]).toContain(member);
    },
  );

  it("refuses what is not a JSON object", async () => {
    const { send } = ways();
    expect(await send("POST", "/20180608/secrets", "no")).toMatchObject({ json: { code: "CannotParseRequest" } });
  });
});

describe("an update without content", () => {
  const bare = { contentType: "BASE64" };

  it.each([
    ["a number", { currentVersionNumber: 2 }],
    ["a number, as `update-base64` sends it", { currentVersionNumber: 2, secretContent: bare }],
    ["a number and CURRENT", { currentVersionNumber: 2, secretContent: { ...bare, stage: "CURRENT" } }],
    ["CURRENT, for the PENDING version", { secretContent: { ...bare, stage: "CURRENT" } }],
    ["CURRENT and a name", { secretContent: { ...bare, stage: "CURRENT", name: "orot-2" } }],
  ])("promotes by %s", async (_by, members) => {
    const { write, control, stages } = setUp();
    await write("{}", "orot-2");
    expect((await control("PUT", "", members)).status).toBe(200);
    expect(stages()).toEqual({ 1: "PREVIOUS", 2: "CURRENT+LATEST" });
  });

  it("changes the description beside an empty secretContent, and makes no version", async () => {
    const { control, stages } = setUp();
    const answer = await control("PUT", "", { description: "new", secretContent: bare });
    expect(answer).toMatchObject({ status: 200, json: { description: "new" } });
    expect(stages()).toEqual({ 1: "CURRENT+LATEST" });
  });

  it.each([
    ["nothing but an empty secretContent", { secretContent: bare }],
    ["a PENDING version without content", { secretContent: { ...bare, stage: "PENDING" } }],
    ["CURRENT where nothing is PENDING", { secretContent: { ...bare, stage: "CURRENT" } }],
    ["CURRENT and a name that no version has", { secretContent: { ...bare, stage: "CURRENT", name: "orot-9" } }],
    ["a number and the name of another version", { currentVersionNumber: 1, secretContent: { ...bare, name: "x" } }],
  ])("refuses %s", async (_what, members) => {
    const { control, stages } = setUp();
    expect((await control("PUT", "", members)).status).toBe(400);
    expect(stages()).toEqual({ 1: "CURRENT+LATEST" });
  });
});

describe("metadata beside new content", () => {
  const content = { secretContent: { contentType: "BASE64", content: "e30=", stage: "PENDING" } };

  it.each([
    ["unchanged", { owner: "a", more: { b: 1, a: 2 } }, 200],
    ["unchanged in another order", { more: { a: 2, b: 1 }, owner: "a" }, 200],
    ["empty", {}, 200],
    ["changed", { owner: "b" }, 400],
  ])("passes or not: %s", async (_what, metadata, status) => {
    const { control, active, emulator, secretId } = setUp();
    await control("PUT", "", { metadata: { owner: "a", more: { b: 1, a: 2 } } });
    await active();
    expect((await control("PUT", "", { ...content, metadata })).status).toBe(status);
    expect(emulator.admin.versions(secretId)).toHaveLength(status === 200 ? 2 : 1);
  });
});
