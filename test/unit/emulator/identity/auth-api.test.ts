import { describe, expect, test } from "vitest";
import { makeKeyPair } from "../../../../src/emulator/core/principal.ts";
import { setUp } from "../harness.ts";

const URL = "https://auth.us-ashburn-1.oraclecloud.com/v1/actions/generateScopedAccessToken";
const { publicKey, privateKey } = makeKeyPair();
const good = { scope: "urn:oracle:db::id::*", publicKey };

const ask = (switches: Parameters<typeof setUp>[0], body: unknown) => {
  const { emulator, clock } = setUp(switches);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  return emulator.transport({ method: "POST", url: URL, headers, body: text, deadline: clock.monotonic() + 10_000 });
};

describe("GenerateScopedAccessToken", () => {
  test("answers a token", async () => {
    const { status, body } = await ask({}, good);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  });

  test("refuses a request without a good signature, where signatures are verified", async () => {
    const { status, body } = await ask({ switches: { "verify-signatures": "on" } }, good);
    expect([status, JSON.parse(body).code]).toEqual([401, "NotAuthenticated"]);
  });

  test.each([
    ["another scope", { ...good, scope: "urn:oracle:other" }],
    ["no key", { scope: good.scope }],
    ["a private key", { ...good, publicKey: privateKey }],
    ["no JSON", "scope"],
  ])("refuses %s", async (_what, body) => {
    expect((await ask({}, body)).status).toBe(400);
  });
});
