import nock from "nock";
import { describe, expect, test } from "vitest";
import { uaa } from "../../../../src/clients/issuers/uaa.ts";
import { expectFailure } from "../../../support/failures.ts";
import { errorWithCode } from "../../../support/hostile-replies.ts";
import { createRig } from "../../../support/issuer-rig.ts";
import { add, CLIENT_SECRET, expectQuiet, HOST, open, remove, SECRET_PATH, setUp } from "./uaa-rig.ts";

test("a content with a zone's id is told where the zone goes instead", async () => {
  const what = "the member zoneId of the secret's content is not needed: give the host of the zone in url";
  await expectFailure(() => open({ zoneId: "z" }), "CONTENT_INVALID", what);
});

describe("an operator is told what was refused", () => {
  const alike: readonly [status: number, words: string][] = [
    [401, "the token was refused at"],
    [403, "was refused: the token lacks the authority"],
    [404, "the UAA knows no such client in this zone (404)"],
    [503, "was answered 503"],
  ];
  test.each(
    alike.flatMap(([status, words]) => [["adding", status, words] as const, ["deleting", status, words] as const]),
  )("at %s answered %i: %s", async (which, status, words) => {
    nock(HOST).put(SECRET_PATH).reply(status);
    const result = await (which === "adding" ? add : remove)(setUp());
    expect("error" in result && result.error.message).toContain(words);
  });
});

test.each([
  [400, "Previous secret is required and must be valid", "the UAA refused CURRENT right after it had accepted it"],
  [400, "client already has two secrets.", "the client holds two secrets at the UAA already"],
  [400, "too short", "the UAA refuses the chosen value"],
  [409, "words", "adding the client secret was refused with 409"],
])("an operator is told what adding was answered: %i %s", async (status, error_description, message) => {
  nock(HOST).put(SECRET_PATH).reply(status, { error: "invalid_client", error_description });
  expect(await add(setUp())).toMatchObject({ error: { message } });
});

test("an operator is told what deleting was answered", async () => {
  nock(HOST).put(SECRET_PATH).reply(409, "");
  expect(await remove(setUp())).toMatchObject({
    error: { message: "deleting the older client secret was refused with 409" },
  });
});

describe("keeping one value alone", () => {
  const keep = ({ credential, own }: ReturnType<typeof setUp>) => credential.keepAlone?.(own);

  test("sets the value that is stored, as if it were new", async () => {
    nock(HOST)
      .put(SECRET_PATH, {
        clientId: "app",
        changeMode: "UPDATE",
        oldSecret: CLIENT_SECRET,
        secret: CLIENT_SECRET,
      })
      .reply(200);
    expect(await keep(setUp())).toEqual({ outcome: "retired" });
  });

  test.each([
    ["ECONNREFUSED", "refused"],
    ["ECONNRESET", "unknown"],
  ])("without an answer, after %s, is %s", async (code, outcome) => {
    nock(HOST).put(SECRET_PATH).replyWithError(errorWithCode(code));
    const result = await keep(setUp());
    expect(result).toMatchObject({ outcome, error: { code: "ISSUER_UNAVAILABLE" } });
    expect(result && "error" in result && result.error.message).toContain(
      "the request to keep one client secret alone",
    );
    expectQuiet(result);
  });
});

describe("a login without a secret", () => {
  const ask = async () => {
    const rig = createRig();
    return (await uaa.whyNeedsNoSecret?.(open({}, rig).client, rig)) ?? null;
  };
  /** The id in its form, and no secret behind it. */
  const asked = () =>
    nock(HOST, { reqheaders: { authorization: `Basic ${Buffer.from("app:").toString("base64")}` } }).get(
      "/uaa/clientinfo",
    );

  test("that is refused leaves the client to be rotated", async () => {
    asked().reply(401);
    expect(await ask()).toBeNull();
  });

  test("that is accepted keeps the client from being given one", async () => {
    asked().reply(200, {});
    expect(await ask()).toMatchObject({
      code: "ISSUER_CONFIGURATION",
      message: "this client logs in without a secret, and a new one would lock out everybody who uses it so",
      nextAction: "leave this client alone, and delete its secret in Vault",
    });
  });

  test.each([204, 302, 403, 500])("that is answered %i says nothing, and is asked again", async (status) => {
    asked().reply(status);
    expect(await ask()).toMatchObject({
      code: "ISSUER_UNAVAILABLE",
      message: `a login without a secret was answered ${status}`,
    });
  });

  test("that is not answered says nothing either", async () => {
    asked().replyWithError(errorWithCode("ECONNRESET"));
    const problem = await ask();
    expect(problem?.code).toBe("ISSUER_UNAVAILABLE");
    expect(problem?.message).toContain("a login without a secret");
  });
});
