import { describe, expect, it } from "vitest";
import { summary } from "../../../../scripts/demo/summary.ts";
import { answered, expired, heard, result, retired } from "./results.ts";

const line = (seen: Parameters<typeof summary>[0]): unknown => JSON.parse(summary(seen));

describe("the demo's line for scripts", () => {
  it("says how the rotation ended", () => {
    expect(line(result())).toEqual({
      ok: true,
      issuer: "oci-iam",
      steps: [{ step: "VERIFY_CONNECTION", ms: 8, responseCode: 200 }],
      versions: [{ number: 1, versionStages: ["CURRENT", "LATEST"] }],
      oldSecret: "rejected",
      newSecret: "accepted",
      remoteCalls: 21,
    });
  });

  it("says at an issuer with two values what the old one was before and after the retirement", () => {
    expect(line(result({ issuer: "uaa", overlap: retired }))).toMatchObject({
      ok: true,
      overlapSecret: "accepted",
      oldSecret: "rejected",
      retire: { responseCode: 200, code: "OK", ms: 12 },
    });
  });

  it("says of an old one that is left to expire until when it is accepted, and its verdict after that", () => {
    expect(line(result({ issuer: "keycloak", oldSecret: "accepted", overlap: expired }))).toMatchObject({
      ok: true,
      overlapSecret: "accepted",
      oldSecret: "accepted",
      oldSecretUntil: "2026-11-03T12:30:15.000Z",
      expiredSecret: "rejected",
    });
    const ended = { ...expired, until: null, expiredSecret: null };
    expect(line(result({ overlap: ended }))).toMatchObject({ ok: false, oldSecretUntil: null, expiredSecret: null });
  });

  it("says what the receivers got, and that a signature was verified", () => {
    expect(line(result({ heard }))).toMatchObject({
      ok: true,
      webhooks: [
        {
          usecase: "credentialRotation",
          secretId: "ocid1.vaultsecret.oc1.iad.0123456789abcdef",
          versionNo: 3,
          verified: true,
        },
      ],
      mails: [{ to: "ops@example.org", subject: "A client secret was rotated" }],
    });
  });

  it.each([
    ["a webhook is missing", { ...heard, webhooks: [] }],
    ["a mail is missing", { ...heard, mails: [] }],
    ["a signature is wrong", { ...heard, webhooks: heard.webhooks.map((one) => ({ ...one, isVerified: false })) }],
  ])("says that it did not end well where %s", (_what, got) => {
    expect(line(result({ heard: got }))).toMatchObject({ ok: false });
  });

  it("expects nobody to be told where nothing was rotated", () => {
    const nothing = { heard: { webhooks: [], mails: [] }, isRotated: false };
    expect(line(result({ ...nothing, heal: answered(200), hasFaultStruck: true }))).toMatchObject({
      ok: true,
      webhooks: [],
      mails: [],
    });
  });

  it("says after a fault whether it struck and what the heal was answered", () => {
    const heal = answered(503, "CLAIM_LIVE: another run. Next: wait.");
    expect(line(result({ heal, hasFaultStruck: true }))).toMatchObject({
      ok: false,
      healed: false,
      struck: true,
      heal: { responseCode: 503, code: "CLAIM_LIVE", ms: 12 },
    });
  });
});
