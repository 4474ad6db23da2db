import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import { requireSubject, settingThatNames } from "../../../src/rotation/own-secrets.ts";
import { expectFailure } from "../../support/failures.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const ID = "ocid1.vaultsecret.oc1..own";
const OTHER = "ocid1.vaultsecret.oc1..rotated";
const settings = [
  ["OROT_AUTHORITY_SECRET_IDS", { OROT_AUTHORITY_SECRET_IDS: `ocid1.vaultsecret.oc1..first,${ID}` }],
  ["OROT_CA_BUNDLE", { OROT_CA_BUNDLE: ID }],
  ["OROT_WEBHOOK_KEY_SECRET_ID", { OROT_WEBHOOK_KEY_SECRET_ID: ID }],
  ["OROT_SMTP_SECRET_ID", { OROT_SMTP_SECRET_ID: ID }],
] as const;

describe.each(settings)("a secret that %s names", (name, environment) => {
  test("is the rotator's own, however its OCID is written, and others are not", async () => {
    const parsed = parseSettings(environment);
    expect(settingThatNames(parsed, ID)).toBe(name);
    expect(settingThatNames(parsed, ID.toUpperCase())).toBe(name);
    expect(settingThatNames(parsed, OTHER)).toBeNull();
    await expectFailure(() => requireSubject(parsed, ID), "EVENT_INVALID", name);
    expect(() => requireSubject(parsed, OTHER)).not.toThrow();
  });
});

test("a secret that the settings bind to an App is rotated, not the rotator's own", () => {
  const apps = `https://a.example.org#${"0".repeat(32)}#app#${ID}`;
  expect(
    settingThatNames(parseSettings({ OROT_RESOURCE_PRINCIPAL_APPS: apps, OROT_CA_BUNDLE: "/a.pem" }), ID),
  ).toBeNull();
});

describe("the function", () => {
  test.each([
    ...STEPS.map((step) => ({ step, versionNo: 1 })),
    {},
    { reason: "compromised" },
    ...["check", "heal", "retire", "rollback", "subscribers", "test-notification"].map((action) => ({ action })),
    ...["subscribe", "unsubscribe"].map((action) => ({ action, endpoint: "mailto:a@example.org" })),
  ])("refuses %j of one before anything is read", async (event) => {
    const w = await world();
    w.environment["OROT_AUTHORITY_SECRET_IDS"] = w.secretId;
    expect(outcomeOf(await w.call({ ...event, secretId: w.secretId }))).toBe("EVENT_INVALID 400");
    expect(w.emulator.requests).toEqual([]);
  });

  test("leaves it out of a heal of many, and says so", async () => {
    const functionId = "ocid1.fnfunc.oc1..this";
    const w = await world({ environment: { FN_FN_ID: functionId } });
    const { admin } = w.emulator;
    const rotationConfig = {
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
      isScheduledRotationEnabled: true,
      rotationInterval: "P30D",
    };
    const own = admin.createSecret({ name: "authority", content: admin.content(w.secretId, 1) ?? "" });
    for (const id of [own, w.secretId]) admin.secret(id).rotationConfig = rotationConfig;
    w.environment["OROT_AUTHORITY_SECRET_IDS"] = own;
    w.environment["OROT_HEAL_COMPARTMENT_IDS"] = admin.secret(w.secretId).compartmentId;
    const answer = await w.call({ action: "heal" });
    expect(answer).toMatchObject({ responseCode: 200, healthy: 1, failed: 0, remaining: 0 });
    expect(w.log).toContainEqual(
      expect.objectContaining({ event: "own-secret-not-healed", setting: "OROT_AUTHORITY_SECRET_IDS" }),
    );
    expect(w.emulator.requests.some(({ target }) => target.includes(`${own}/version`))).toBe(false);
  });
});
