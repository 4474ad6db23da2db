import { describe, expect, it } from "vitest";
import { summary } from "../../../src/demo/summary.ts";
import { answered, expired, result, retired } from "./results.ts";

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
      remoteCalls: 22,
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
