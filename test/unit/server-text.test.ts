import { describe, expect, test } from "vitest";
import type { HttpRequest, HttpResponse } from "../../src/clients/http/transport.ts";
import { type ClientKind, edfiClient, ociIamClient, uaaClient } from "../support/clients.ts";
import { type TestWorld, useWorlds } from "../support/worlds.ts";

const world = useWorlds();

const SCIM = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error";

/** Where a server that knows the client secret may put it. */
const places: Readonly<Record<string, (secret: string) => object>> = {
  "as the error code": (secret) => ({ error: secret }),
  "behind a known error code": (secret) => ({ error: `invalid_scope ${secret}` }),
  "joined to a known error code": (secret) => ({ error: `invalid_scope.${secret}` }),
  "before a known error code": (secret) => ({ error: `${secret}_invalid_scope` }),
  "in the description": (secret) => ({ error: "invalid_scope", error_description: secret }),
  "as the message id": (secret) => ({ [SCIM]: { messageId: secret } }),
  "in the message id": (secret) => ({ [SCIM]: { messageId: `error.common.validation.${secret}` } }),
  "in an Ed-Fi problem": (secret) => ({ type: secret, title: secret, detail: secret, errors: [secret] }),
  "as an OCI error code": (secret) => ({ code: secret, message: secret }),
};

const clients: Readonly<Record<string, ClientKind>> = {
  "oci-iam": ociIamClient,
  uaa: uaaClient(),
  "edfi-cms": edfiClient(),
};

/** A client secret that looks like a word, as an issuer may make them. */
const SECRET = "canary.word_of_anissuer";

const isVault = ({ url }: HttpRequest) => /^https:\/\/(secrets\.)?vaults\./.test(url);

async function hostile(
  client: ClientKind,
  status: number,
  body: object,
  isBent: (request: HttpRequest) => boolean,
): Promise<TestWorld> {
  const answer: HttpResponse = { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return world({ client, bend: (_answer, request) => (isBent(request) ? answer : undefined) });
}

const texts = ({ log }: TestWorld, answers: readonly object[]) => JSON.stringify([answers, log]);

describe.each(Object.entries(clients))("an issuer of kind %s that puts a client secret", (_name, client) => {
  test.each(Object.entries(places))("%s has it shown to nobody", async (_place, bodyOf) => {
    let failures = 0;
    for (const status of [400, 401, 403, 404, 422]) {
      for (const isLogin of [true, false]) {
        const isBent = (request: HttpRequest) =>
          !isVault(request) && /token/.test(new URL(request.url).pathname) === isLogin;
        const w = await hostile(client, status, bodyOf(SECRET), isBent);
        const answers = [await w.call({ secretId: w.secretId, action: "check" }), await w.rotate()];
        failures += answers.filter(({ responseCode }) => responseCode !== 200).length;
        expect(texts(w, answers)).not.toContain(SECRET);
      }
    }
    expect(failures).toBeGreaterThan(9);
  });
});

describe("a Vault that puts a client secret", () => {
  test.each(Object.entries(places))("%s has it shown to nobody", async (_place, bodyOf) => {
    for (const status of [400, 409, 422]) {
      const w = await hostile(ociIamClient, status, bodyOf("canaryWordOfAnIssuer"), ({ method }) => method === "PUT");
      const answer = await w.rotate();
      expect(answer.responseCode).not.toBe(200);
      expect(texts(w, [answer])).not.toContain("canaryWordOfAnIssuer");
    }
  });
});

test("a code that everybody knows is still told", async () => {
  const isLogin = (request: HttpRequest) => request.url.endsWith("/token");
  const w = await hostile(ociIamClient, 400, { error: "invalid_scope" }, isLogin);
  expect((await w.rotate()).returnMessage).toContain("400 invalid_scope");
});
