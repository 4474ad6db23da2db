import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { parseKeys, signedHeaders } from "../../../src/notify/signature.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";

const ONE = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const TWO = `whsec_${Buffer.alloc(64, 2).toString("base64")}`;
const OTHER = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;
const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 2, at: 0 });
const keysIn = (...keys: unknown[]) => parseKeys(new Secret(JSON.stringify({ keys })));

/** The library refuses what is more than five minutes old, by the clock of the machine. */
const signed = (...keys: string[]) => signedHeaders(keysIn(...keys), message, systemClock.now());

describe("a signature", () => {
  test("is verified by the library of Standard Webhooks", () => {
    expect(new Webhook(ONE).verify(message.body, signed(ONE))).toEqual(JSON.parse(message.body));
  });

  test("of two keys is verified by receivers that hold one of them", () => {
    for (const key of [ONE, TWO]) {
      expect(new Webhook(key).verify(message.body, signed(ONE, TWO))).toEqual(JSON.parse(message.body));
    }
  });

  test("is refused by receivers that hold another key", () => {
    expect(() => new Webhook(OTHER).verify(message.body, signed(ONE, TWO))).toThrow("No matching signature");
  });

  test.each([
    ["body", (headers: Record<string, string>) => [`${message.body} `, headers] as const],
    ["id", (headers: Record<string, string>) => [message.body, { ...headers, "webhook-id": "other" }] as const],
    [
      "time",
      (headers: Record<string, string>) =>
        [message.body, { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }] as const,
    ],
  ])("is refused with another %s", (_what, changed) => {
    const [body, headers] = changed(signed(ONE));
    expect(() => new Webhook(ONE).verify(body, headers)).toThrow("No matching signature");
  });
});

describe("signing keys", () => {
  test.each([
    ["no JSON", "whsec_abc"],
    ["no object", "[]"],
    ["no keys", JSON.stringify({ keys: [] })],
    ["three keys", JSON.stringify({ keys: [ONE, TWO, OTHER] })],
    ["a key without its prefix", JSON.stringify({ keys: [ONE.slice(6)] })],
    ["a short key", JSON.stringify({ keys: [`whsec_${Buffer.alloc(23).toString("base64")}`] })],
    ["a long key", JSON.stringify({ keys: [`whsec_${Buffer.alloc(65).toString("base64")}`] })],
    ["a key that is no base64", JSON.stringify({ keys: [`whsec_${"canary-1!".repeat(8)}`] })],
    ["a number", JSON.stringify({ keys: [7] })],
  ])("are refused as %s, without saying them", async (_what, text) => {
    const error = await expectFailure(
      () => parseKeys(new Secret(text)),
      "SETTINGS_INVALID",
      "OROT_WEBHOOK_KEY_SECRET_ID",
    );
    expectNoTrace(error, "canary-1!");
  });
});
