import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mirrorSettingDefinitions, parseMirrorSettings } from "../../../src/mirror/settings.ts";
import { expectFailure } from "../../support/failures.ts";

const least = {
  OROT_MIRROR_CES_URL: "https://home.retail.eu-frankfurt-1.ocs.oracle.com:443/rgbu-common-abc123-prd/",
  OROT_MIRROR_TENANT_ID: "abc123",
  OROT_MIRROR_CLIENT_SECRET_ID: "ocid1.vaultsecret.oc1..client",
  OROT_MIRROR_VAULT_ID: "ocid1.vault.oc1..vault",
  OROT_MIRROR_KEY_ID: "ocid1.key.oc1..key",
  OROT_MIRROR_COMPARTMENT_ID: "ocid1.compartment.oc1..here",
};

describe("The mirror's settings", () => {
  it("are the documented ones, with their defaults", () => {
    expect(parseMirrorSettings(least)).toMatchObject({
      cesUrl: "https://home.retail.eu-frankfurt-1.ocs.oracle.com:443/rgbu-common-abc123-prd",
      callbackUrls: null,
      minSecondsBetweenFetches: 60,
      certificateWarnDays: 30,
    });
    const page = readFileSync(new URL("../../../docs/mirror.md", import.meta.url), "utf8");
    for (const { name } of mirrorSettingDefinitions) expect(page).toContain(`\`${name}\``);
  });

  it("are set by Terraform, where they have no default", () => {
    const module = readFileSync(new URL("../../../deploy/terraform/modules/mirror/main.tf", import.meta.url), "utf8");
    const set = new Set(module.match(/\bOROT_MIRROR_\w+/g));
    const known = mirrorSettingDefinitions.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining([...set]));
    expect([...set]).toEqual(expect.arrayContaining(Object.keys(least)));
  });

  it("take the rotator's own beside them", () => {
    expect(parseMirrorSettings({ ...least, OROT_CALL_TIMEOUT_SECONDS: "7" }).core.callTimeoutSeconds).toBe(7);
  });

  it("take several callbacks", () => {
    const OROT_MIRROR_CALLBACK_URL = "https://gateway.example.org/ces, mailto:nobody@example.org";
    expect(parseMirrorSettings({ ...least, OROT_MIRROR_CALLBACK_URL }).callbackUrls).toEqual([
      "https://gateway.example.org/ces",
      "mailto:nobody@example.org",
    ]);
  });

  it.each([
    ["OROT_MIRROR_CES_URL", "http://home.retail.example.org/x"],
    ["OROT_MIRROR_CES_URL", "https://user:secret@home.retail.example.org/x"],
    ["OROT_MIRROR_CES_URL", "https://home.retail.example.org/x?y=z"],
    ["OROT_MIRROR_TENANT_ID", "a.b"],
    ["OROT_MIRROR_CALLBACK_URL", "ftp://gateway.example.org"],
    ["OROT_MIRROR_CALLBACK_URL", "not a url"],
    ["OROT_MIRROR_CLIENT_SECRET_ID", "ocid1.vault.oc1..vault"],
    ["OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES", "0.5"],
    ["OROT_MIRROR_CERTIFICATE_WARN_DAYS", "366"],
  ])("refuse in %s the value %s, and name the setting without it", async (name, value) => {
    const error = await expectFailure(() => parseMirrorSettings({ ...least, [name]: value }), "SETTINGS_INVALID", name);
    expect(error.returnMessage).not.toContain(value);
  });

  const callback = (length: number) => `https://gateway.example.org/${"x".repeat(length - 28)}`;
  it.each([
    ["is as long as may be", callback(500), 1],
    ["are as many as may be", Array.from({ length: 5 }, (_, n) => `https://gateway.example.org/${n}`).join(), 5],
    ["is longer", callback(501), null],
    ["are more", Array.from({ length: 6 }, (_, n) => `https://gateway.example.org/${n}`).join(), null],
  ])("take callbacks up to their limits: what %s", (_what, OROT_MIRROR_CALLBACK_URL, count) => {
    const read = () => parseMirrorSettings({ ...least, OROT_MIRROR_CALLBACK_URL });
    if (count !== null) expect(read().callbackUrls).toHaveLength(count);
    else
      expect(read).toThrow("OROT_MIRROR_CALLBACK_URL must be up to 5 http, https or mailto URLs, separated by commas");
  });

  const correct = "correct the function's configuration";
  it.each([
    ["OROT_MIRROR_URL", "x", "OROT_MIRROR_URL is not a setting", "correct its name or remove it"],
    [
      "OROT_MIRROR_CES_URL",
      "no url",
      "OROT_MIRROR_CES_URL must be an https URL without query and user (http only on loopback)",
      correct,
    ],
    [
      "OROT_MIRROR_TENANT_ID",
      undefined,
      "OROT_MIRROR_TENANT_ID is missing: letters, digits, hyphen and underscore, up to 60",
      correct,
    ],
    ["OROT_MIRROR_VAULT_ID", undefined, "OROT_MIRROR_VAULT_ID is missing: the OCID of a vault", correct],
    ["OROT_MIRROR_MAX_SECRETS", "5001", "OROT_MIRROR_MAX_SECRETS must be 1 to 5000", correct],
  ])("say of %s with the value %s what is wrong, and what to do", (name, value, what, next) => {
    expect(() => parseMirrorSettings({ ...least, [name]: value })).toThrow(
      expect.objectContaining({ code: "SETTINGS_INVALID", message: what, nextAction: next }),
    );
  });

  it.each(Object.keys(least))("say that %s is missing", async (name) => {
    await expectFailure(() => parseMirrorSettings({ ...least, [name]: undefined }), "SETTINGS_INVALID", name);
  });

  it("refuse names that are none", async () => {
    await expectFailure(
      () => parseMirrorSettings({ ...least, OROT_MIRROR_URL: "x" }),
      "SETTINGS_INVALID",
      "OROT_MIRROR_URL",
    );
    await expectFailure(() => parseMirrorSettings({ ...least, OROT_NONE: "x" }), "SETTINGS_INVALID", "OROT_NONE");
  });
});
