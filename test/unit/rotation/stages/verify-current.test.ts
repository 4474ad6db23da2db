import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { tokenKey } from "../../../../src/clients/http/token-cache.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { verifyCurrent } from "../../../../src/rotation/stages/verify-current.ts";
import { verifyPending } from "../../../../src/rotation/stages/verify-pending.ts";
import { clientWith, createStageRig } from "./rig.ts";

const accepted: Login = {
  verdict: "accepted",
  token: { value: new Secret("new token"), expiresAt: Number.MAX_SAFE_INTEGER },
};
const unknown: Login = {
  verdict: "unknown",
  error: new RotationError("ISSUER_UNAVAILABLE", "no answer"),
  final: false,
};

/** What the cache holds for version 7 and 8 after a login with version 7; before it, both had a token. */
async function cachedAfter(login: Login): Promise<string[]> {
  const { invocation } = createStageRig([]);
  const { credential } = clientWith(login);
  const keyOf = (versionNo: number) => tokenKey(invocation.secretId, versionNo, credential.tokenEndpoint.scope);
  const none = { value: new Secret("none"), expiresAt: Number.MAX_SAFE_INTEGER };
  for (const versionNo of [7, 8]) {
    const value = new Secret(`token of ${versionNo}`);
    invocation.tokens.put(keyOf(versionNo), { value, expiresAt: Number.MAX_SAFE_INTEGER });
  }
  expect(await verifyCurrent(invocation, credential, 7, null)).toBe(login);
  return Promise.all(
    [7, 8].map(async (versionNo) =>
      (await invocation.tokens.get(keyOf(versionNo), 0, async () => none)).value.reveal(),
    ),
  );
}

describe("logging in with CURRENT", () => {
  test("keeps the token for whatever needs one, for that version alone", async () => {
    expect(await cachedAfter(accepted)).toEqual(["new token", "token of 8"]);
  });

  test("leaves the token where the issuer accepts the secret and gives none", async () => {
    expect(await cachedAfter({ verdict: "accepted", token: null })).toEqual(["token of 7", "token of 8"]);
  });

  test("drops the version's token where the issuer refuses it", async () => {
    expect(await cachedAfter({ verdict: "rejected" })).toEqual(["none", "token of 8"]);
  });

  test("leaves it where the issuer does not say", async () => {
    expect(await cachedAfter(unknown)).toEqual(["token of 7", "token of 8"]);
  });

  test.each([null, 3_600])("asks for a token that lives so long: %s", async (tokenLifeSeconds) => {
    const { credential, asked } = clientWith(accepted);
    await verifyCurrent(createStageRig([]).invocation, credential, 7, tokenLifeSeconds);
    expect(asked).toEqual([tokenLifeSeconds]);
  });
});

describe("logging in with what is to be promoted", () => {
  test("asks for a token of the issuer's usual life, which is not kept", async () => {
    const { credential, asked } = clientWith(accepted);
    expect(await verifyPending(credential)).toBe(accepted);
    expect(asked).toEqual([null]);
  });
});
