import nock from "nock";
import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { ociIam } from "../../../../src/clients/issuers/oci-iam.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const HOST = "https://login.example.org";
const APP_ID = "fedcba9876543210fedcba9876543210";
const REGENERATOR_PATH = "/admin/v1/AppClientSecretRegenerator";
const APP_PATH = `/admin/v1/Apps/${APP_ID}`;
const NEW = "canary/+new~4712";
const own = { name: "app_client" };

/** The client, with the token of a second authority, who may change every App. */
function setUp() {
  const rig = createRig();
  const content = { domainUrl: HOST, appId: APP_ID, clientId: "app_client", appSecret: "its-own" };
  const credential = ociIam.open(parseContent(new Secret(JSON.stringify(content))), rig);
  return { ...rig, credential, authorization: bearer("canary.token/4711", credential.client, "authority") };
}

const app = (status: number, body: object | string) => nock(HOST).get(APP_PATH).reply(status, body);

/** Each way to change the App's client secret, and what a refusal of it looks like. */
const changes = [
  {
    name: "a mint",
    intercept: () => nock(HOST).post(REGENERATOR_PATH).reply(200, { clientSecret: NEW }),
    run: ({ credential, authorization }: ReturnType<typeof setUp>) => credential.mint(authorization),
    done: "minted",
    later: "busy",
  },
  {
    name: "an install",
    intercept: () => nock(HOST).patch(APP_PATH).reply(200, {}),
    run: ({ credential, authorization }: ReturnType<typeof setUp>) =>
      credential.install(authorization, heldSecret(NEW, credential.client), "end"),
    done: "installed",
    later: "refused",
  },
] as const;

describe.each(changes)("$name by a second authority", ({ intercept, run, done, later }) => {
  test.each([
    ["shows the client's own App", 200, own],
    ["shows no name", 200, { id: APP_ID }],
    ["is refused with 401", 401, {}],
    ["is refused with 403", 403, {}],
    ["is refused with 404", 404, {}],
  ])("goes on where the domain %s", async (_title, status, body) => {
    app(status, body);
    intercept();
    expect((await run(setUp())).outcome).toBe(done);
  });

  test.each([
    ["another client's", { name: "another_client" }],
    ["a client's whose id differs in case", { name: "App_client" }],
    ["a client's whose id begins the same", { name: "app_client2" }],
  ])("is refused where the App is %s, and nothing has changed", async (_title, body) => {
    app(200, { ...body, clientSecret: NEW });
    const result = await run(setUp());
    expect(result).toMatchObject({ outcome: "refused", error: { code: "ISSUER_CONFIGURATION" } });
    expectNoTrace(result, NEW);
  });

  test.each([
    [429, "", "ISSUER_UNAVAILABLE"],
    [500, { name: "another_client" }, "ISSUER_UNAVAILABLE"],
    [503, "", "ISSUER_UNAVAILABLE"],
    [302, "", "ISSUER_UNAVAILABLE"],
    [200, "<html>", "VERDICT_UNKNOWN"],
  ])("waits for a better time where the App is answered %i %j", async (status, body, code) => {
    app(status, body);
    expect(await run(setUp())).toMatchObject({ outcome: later, error: { code } });
  });

  test("waits for a better time where there is no answer", async () => {
    nock(HOST)
      .get(APP_PATH)
      .replyWithError(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    expect(await run(setUp())).toMatchObject({ outcome: later, error: { code: "ISSUER_UNAVAILABLE" } });
  });
});

test("a mint for which it is too late once the App is known is not sent", async () => {
  app(200, own);
  const { credential, authorization } = setUp();
  expect(await credential.mint(authorization, () => false)).toMatchObject({ outcome: "busy" });
});

test("the client itself is asked for no App before it regenerates", async () => {
  nock(HOST).post(REGENERATOR_PATH).reply(200, { clientSecret: NEW });
  const { credential } = setUp();
  expect((await credential.mint(bearer("canary.token/4711", credential.client))).outcome).toBe("minted");
});

describe("before anything changes", () => {
  const said = async (by: "client" | "authority") => {
    const { credential } = setUp();
    try {
      await credential.preflight?.(() => Promise.resolve(bearer("canary.token/4711", credential.client, by)));
      return null;
    } catch (thrown) {
      return thrown instanceof RotationError ? thrown.code : thrown;
    }
  };

  test.each([
    [200, own, null],
    [403, {}, null],
    [200, { name: "another_client" }, "ISSUER_CONFIGURATION"],
    [503, {}, "ISSUER_UNAVAILABLE"],
  ])("an authority asks whose App it is: %i %j", async (status, body, expected) => {
    app(status, body);
    expect(await said("authority")).toBe(expected);
  });

  test("the client itself asks nothing", async () => {
    expect(await said("client")).toBeNull();
  });
});

test("what another client's App shows is never read back", async () => {
  app(200, { name: "another_client", clientSecret: NEW });
  const { credential, authorization } = setUp();
  expect(await credential.readBack(authorization)).toEqual({ outcome: "not-readable", isProofAlive: true });
});
