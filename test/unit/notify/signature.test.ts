import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { Secret } from "../../../src/base/secret.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { parseKeys, signedHeaders } from "../../../src/notify/signature.ts";
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

test("the headers are those of Standard Webhooks, signed when it is sent: seconds, a signature a key", () => {
  const headers = signedHeaders(keysIn(ONE, TWO), message, 1_999);
  expect(headers).toEqual({
    "webhook-id": message.id,
    "webhook-timestamp": "1",
    "webhook-signature": expect.stringMatching(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/),
  });
});

describe("signing keys", () => {
  const bytes = (count: number) => Buffer.alloc(count, 250).toString("base64");
  test.each([
    ["of the shortest kind", [`whsec_${bytes(24)}`]],
    ["of the longest kind", [`whsec_${bytes(64)}`]],
    ["without padding", [`whsec_${bytes(64).replaceAll("=", "")}`]],
    ["two of them", [ONE, TWO]],
  ])("are taken %s", (_what, keys) => {
    expect(keysIn(...keys).map((key) => key.reveal())).toEqual(keys);
  });

  const none = "does not hold one or two keys";
  const noKey = "holds a key that is no whsec_ key of 24 to 64 bytes";
  test.each([
    ["no JSON", "whsec_abc", none],
    ["no object", "[]", none],
    ["no keys", JSON.stringify({ keys: [] }), none],
    ["three keys", JSON.stringify({ keys: [ONE, TWO, OTHER] }), none],
    ["a number", JSON.stringify({ keys: [7] }), none],
    ["a key without its prefix", JSON.stringify({ keys: [ONE.slice(6)] }), noKey],
    ["a key with another prefix", JSON.stringify({ keys: [ONE.replace("whsec_", "whpub_")] }), noKey],
    ["a short key", JSON.stringify({ keys: [`whsec_${bytes(23)}`] }), noKey],
    ["a long key", JSON.stringify({ keys: [`whsec_${bytes(65)}`] }), noKey],
    ["a key that is no base64", JSON.stringify({ keys: [`whsec_${"canary-1!".repeat(8)}`] }), noKey],
    ["a key with more behind it", JSON.stringify({ keys: [`${TWO}=x`] }), noKey],
    ["a good key and a bad one", JSON.stringify({ keys: [ONE, "whsec_"] }), noKey],
  ])("are refused as %s, without saying them", async (_what, text, words) => {
    const error = await expectFailure(() => parseKeys(new Secret(text)), "SETTINGS_INVALID");
    expect(error.message).toBe(`the secret of OROT_WEBHOOK_KEY_SECRET_ID ${words}`);
    expect(error.nextAction).toBe(
      'store {"keys":["whsec_…"]} with one or two keys in it, each 24 to 64 random bytes in base64',
    );
    expectNoTrace(error, "canary-1!");
  });
});
