import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { openCredential, openPlaceholder } from "../../../../src/clients/issuers/index.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { errorWithCode } from "../../../support/hostile-replies.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const HOST = "https://login.example.org";
const sample = {
  domainUrl: HOST,
  appId: "fedcba9876543210fedcba9876543210",
  clientId: "app_client",
  appSecret: "canary/+9c1f~4711",
};
const crossed = () => {
  throw new Error("nothing crosses here");
};
const open = (members: Record<string, unknown>, origins: readonly string[] | null = [HOST]) =>
  openCredential(parseContent(new Secret(JSON.stringify(members))), createRig(), {
    origins,
    aliases: [],
    onCrossing: crossed,
  });

test.each([{}, { issuer: "oci-iam" }])("content with %j is that of an OCI IAM identity domain", (issuer) => {
  const credential = open({ ...issuer, ...sample });
  expect(credential).toMatchObject({
    client: { issuer: "oci-iam", base: HOST, clientId: "app_client", subject: sample.appId },
    rotatedMember: "appSecret",
    tokenEndpoint: { url: `${HOST}/oauth2/v1/token`, scope: "urn:opc:idm:__myscopes__" },
    capabilities: {
      valueChosenBy: "issuer",
      readBack: "probe",
      overlap: "none",
      authorities: ["client", "other-client", "resource-principal"],
      repeatMint: "last-wins",
    },
  });
  expect(credential.clientSecret.equals(new Secret(sample.appSecret))).toBe(true);
  expectNoTrace(credential, sample.appSecret);
});

test.each(["okta", "OCI-IAM", "", "toString", "canary/+9c1f~4711"])(
  "the issuer %j is unknown, and those that are known are listed",
  async (issuer) => {
    const error = await expectFailure(
      () => open({ ...sample, issuer }),
      "ISSUER_UNKNOWN",
      "known issuers: oci-iam, keycloak, uaa, edfi-cms",
    );
    if (issuer.startsWith("canary")) expectNoTrace(error, issuer);
  },
);

describe("allowed origins", () => {
  test.each([[[HOST]], [["https://other.example.org", HOST]]])("%j let the credential pass", (allowed) => {
    expect(open(sample, allowed).client.base).toBe(HOST);
  });

  test("that are not set let none pass but that of an identity domain at Oracle's own address", async () => {
    const error = await expectFailure(() => open(sample, null), "ORIGIN_NOT_ALLOWED", "OROT_ISSUER_ORIGINS is not set");
    expect(error.returnMessage).toContain(`set OROT_ISSUER_ORIGINS=${HOST} if`);
    const base = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
    expect(open({ ...sample, domainUrl: base }, null).client.base).toBe(base);
  });

  test.each([[[]], [["https://other.example.org"]], [[`${HOST}:8443`]], [["http://login.example.org"]]])(
    "%j do not",
    async (allowed) => {
      await expectFailure(() => open(sample, allowed), "ORIGIN_NOT_ALLOWED", "not in OROT_ISSUER_ORIGINS");
    },
  );
});

describe("a token endpoint at another origin than the issuer", () => {
  const content = {
    ...{
      issuer: "edfi-cms",
      url: "https://cms.example.org",
      apiClientId: 7,
      tokenUrl: "https://sso.example.org/token",
    },
    ...{ clientId: "key", clientSecret: "canary/+9c1f~4711" },
  };

  test.each([[null], [["https://cms.example.org"]]])(
    "gets no credential where the settings allow %j",
    async (allowed) => {
      await expectFailure(() => open(content, allowed), "ORIGIN_NOT_ALLOWED", "OROT_ISSUER_ORIGINS");
    },
  );

  test("is used where the settings name it", () => {
    const allowed = ["https://cms.example.org", "https://sso.example.org"];
    expect(open(content, allowed).tokenEndpoint.url).toBe("https://sso.example.org/token");
  });
});

describe("a client whose secret is not stored yet", () => {
  const UAA = "https://uaa.example.org";
  const members = {
    issuer: "uaa",
    url: UAA,
    clientId: "app",
    clientSecret: null,
    _rotation: { v: 1, kind: "placeholder" },
  };
  const placeholder = () => {
    const unknown = new Secret("nobody knows this");
    const credential = openPlaceholder(parseContent(new Secret(JSON.stringify(members))), unknown, createRig(), {
      origins: [UAA],
      aliases: [],
      onCrossing: crossed,
    });
    const install = () => {
      const { client } = credential;
      return credential.install(bearer("token", client, "authority"), heldSecret("new", client), "end");
    };
    return { credential, install };
  };
  const withoutSecret = () => nock(UAA).get("/clientinfo");

  test("holds what nobody knows, and is refused at a login without a request", async () => {
    const { credential } = placeholder();
    expect(credential.clientSecret.reveal()).toBe("nobody knows this");
    expect(await credential.login(null)).toEqual({ verdict: "rejected" });
  });

  test("is given its first one after a login without any was refused", async () => {
    withoutSecret().reply(401);
    nock(UAA)
      .put("/oauth/clients/app/secret", {
        clientId: "app",
        changeMode: "ADD",
        oldSecret: "nobody knows this",
        secret: "new",
      })
      .reply(200);
    expect(await placeholder().install()).toEqual({ outcome: "installed" });
  });

  test("is given none if it works without one, or if nothing tells", async () => {
    withoutSecret().reply(200, {});
    expect(await placeholder().install()).toMatchObject({
      outcome: "refused",
      error: { code: "ISSUER_CONFIGURATION" },
    });
    withoutSecret().replyWithError(errorWithCode("ECONNRESET"));
    expect(await placeholder().install()).toMatchObject({ outcome: "refused", error: { code: "ISSUER_UNAVAILABLE" } });
  });

  test("needs one at every issuer that does not ask", async () => {
    const stored = { ...sample, appSecret: null, _rotation: { v: 1, kind: "placeholder" } };
    const rules = { origins: [HOST], aliases: [], onCrossing: crossed };
    const rig = createRig();
    const credential = openPlaceholder(parseContent(new Secret(JSON.stringify(stored))), new Secret("x"), rig, rules);
    nock(HOST).patch(`/admin/v1/Apps/${sample.appId}`).reply(200);
    const { client } = credential;
    const installed = await credential.install(bearer("token", client), heldSecret("new", client), "end");
    expect(installed).toEqual({ outcome: "installed" });
  });

  test("is held to the allowed origins", async () => {
    const content = parseContent(new Secret(JSON.stringify(members)));
    const rules = { origins: [HOST], aliases: [], onCrossing: crossed };
    await expectFailure(() => openPlaceholder(content, new Secret("x"), createRig(), rules), "ORIGIN_NOT_ALLOWED");
  });
});
