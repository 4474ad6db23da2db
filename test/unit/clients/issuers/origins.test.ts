import { Realm } from "oci-common";
import { describe, expect, test } from "vitest";
import { isAdmitted } from "../../../../src/base/address.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Client } from "../../../../src/clients/issuers/client.ts";
import { openCredential } from "../../../../src/clients/issuers/index.ts";
import { requireAdmitted } from "../../../../src/clients/issuers/origins.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const ID = `idcs-${"0123456789abcdef".repeat(2)}`;
const oci = (base: string): Client => ({
  issuer: "oci-iam",
  base,
  realm: null,
  tenant: null,
  tokenUrl: null,
  clientId: "app",
  subject: "ab".repeat(16),
});
const edfi = (base: string, tokenUrl: string): Client => ({
  ...oci(base),
  issuer: "edfi-cms",
  tokenUrl,
  subject: "applications/3",
});

describe("where OROT_ISSUER_ORIGINS is not set, credentials go", () => {
  test("to no token address elsewhere, even of such a domain", async () => {
    const client = { ...oci(`https://${ID}.identity.oraclecloud.com`), tokenUrl: "https://idp.example.org/token" };
    const error = await expectFailure(
      () => requireAdmitted(client, null),
      "ORIGIN_NOT_ALLOWED",
      "the token address is",
    );
    expect(error.nextAction).toContain("set OROT_ISSUER_ORIGINS=https://idp.example.org/token if");
  });

  test("to an identity domain at Oracle's own address, in each realm that the SDK knows", () => {
    const domains = Realm.values().map(({ secondLevelDomain }) => secondLevelDomain);
    expect(domains).toEqual(expect.arrayContaining(["oraclecloud.com", "oraclegovcloud.com", "oraclecloud.eu"]));
    for (const domain of domains) {
      expect(() => requireAdmitted(oci(`https://${ID}.identity.${domain}`), null), domain).not.toThrow();
    }
  });

  test.each([
    ["a customer's own code below Oracle's domain", "https://app.example.oraclecloud.com"],
    ["an API gateway there", "https://abcdefghij.apigateway.us-ashburn-1.oci.customer-oci.com"],
    ["a name that is no instance's", "https://login.identity.oraclecloud.com"],
    ["an id that is too short", `https://${ID.slice(0, -1)}.identity.oraclecloud.com`],
    ["an id that is too long", `https://${ID}0.identity.oraclecloud.com`],
    ["an id that is not hexadecimal", `https://idcs-${"g".repeat(32)}.identity.oraclecloud.com`],
    ["a host before the instance", `https://evil.${ID}.identity.oraclecloud.com`],
    ["a host behind the domain", `https://${ID}.identity.oraclecloud.com.evil.example`],
    ["a domain that only ends like one", `https://${ID}.identity.evil-oraclecloud.com`],
    ["a domain below one", `https://${ID}.identity.evil.oraclecloud.com`],
    ["a domain that no realm has", `https://${ID}.identity.oraclecloud7.com`],
    ["the regional address of a domain", `https://${ID}.us-ashburn-idcs-1.identity.us-ashburn-1.oci.oraclecloud.com`],
    ["another service beside identity", `https://${ID}.identity-admin.oraclecloud.com`],
    ["another port", `https://${ID}.identity.oraclecloud.com:8443`],
    ["a path", `https://${ID}.identity.oraclecloud.com/admin/v1`],
    ["no TLS", `http://${ID}.identity.oraclecloud.com`],
    ["loopback", "http://127.0.0.1:8080"],
    ["a custom host", "https://login.example.org"],
  ])("to nothing else: not to %s", async (_what, base) => {
    const error = await expectFailure(
      () => requireAdmitted(oci(base), null),
      "ORIGIN_NOT_ALLOWED",
      `OROT_ISSUER_ORIGINS is not set, and then credentials go only to Oracle's identity domains; the issuer's address is ${base}`,
    );
    expect(error.nextAction).toContain(`set OROT_ISSUER_ORIGINS=${base} if`);
  });

  test.each(["uaa", "keycloak", "edfi-cms"])(
    "to no other kind of issuer: not to %s at such an address",
    async (issuer) => {
      const client = { ...oci(`https://${ID}.identity.oraclecloud.com`), issuer };
      await expectFailure(() => requireAdmitted(client, null), "ORIGIN_NOT_ALLOWED");
    },
  );
});

describe("an entry of OROT_ISSUER_ORIGINS", () => {
  const ORIGIN = "https://a.example";

  test.each([ORIGIN, `${ORIGIN}/uaa`, `${ORIGIN}/x/y`])("without a path admits every path there: %s", (base) => {
    expect(() => requireAdmitted(oci(base), [ORIGIN])).not.toThrow();
    expect(isAdmitted(base, ["https://else.example", ORIGIN])).toBe(true);
  });

  test.each([
    "https://a.example.evil",
    "https://a.example:444",
    "https://evil.a.example",
    "http://a.example",
    "https://xa.example",
    "https://a.example.evil/https://a.example",
  ])("without a path admits no other origin: %s", async (base) => {
    const error = await expectFailure(() => requireAdmitted(oci(base), [ORIGIN]), "ORIGIN_NOT_ALLOWED");
    expect(error.message).toBe(`the issuer's address, ${base}, is not in OROT_ISSUER_ORIGINS`);
    expect(error.nextAction).toContain(`set OROT_ISSUER_ORIGINS=${ORIGIN},${base} if`);
    expect(isAdmitted(base, [ORIGIN])).toBe(false);
  });

  test("with a path admits that address exactly, never what lies beside, above or below it", async () => {
    const admitted = [`${ORIGIN}/uaa`];
    expect(() => requireAdmitted(oci(`${ORIGIN}/uaa`), admitted)).not.toThrow();
    for (const base of [
      ORIGIN,
      `${ORIGIN}/UAA`,
      `${ORIGIN}/uaa2`,
      `${ORIGIN}/uaa/x`,
      `${ORIGIN}/x/uaa`,
      `${ORIGIN}:444/uaa`,
    ]) {
      await expectFailure(() => requireAdmitted(oci(base), admitted), "ORIGIN_NOT_ALLOWED");
    }
  });

  test("takes the place of the default: an identity domain must be named too", async () => {
    const base = `https://${ID}.identity.oraclecloud.com`;
    await expectFailure(() => requireAdmitted(oci(base), [ORIGIN]), "ORIGIN_NOT_ALLOWED");
    await expectFailure(() => requireAdmitted(oci(base), []), "ORIGIN_NOT_ALLOWED");
    expect(() => requireAdmitted(oci(base), [ORIGIN, base])).not.toThrow();
  });
});

describe("a token address", () => {
  const BASE = "https://cms.example/config";

  test("below the issuer's own needs no entry of its own", () => {
    expect(() => requireAdmitted(edfi(BASE, `${BASE}/connect/token`), [BASE])).not.toThrow();
  });

  test.each([
    ["beside it", "https://cms.example/config2/token"],
    ["above it", "https://cms.example/token"],
    ["elsewhere", "https://sso.example/realms/r/protocol/openid-connect/token"],
    ["at a host that begins like its", "https://cms.example.evil/config/token"],
  ])("%s needs one", async (_where, tokenUrl) => {
    const error = await expectFailure(() => requireAdmitted(edfi(BASE, tokenUrl), [BASE]), "ORIGIN_NOT_ALLOWED");
    expect(error.message).toBe(`the token address, ${tokenUrl}, is not in OROT_ISSUER_ORIGINS`);
    expect(error.nextAction).toContain(`set OROT_ISSUER_ORIGINS=${BASE},${tokenUrl} if`);
    expect(() => requireAdmitted(edfi(BASE, tokenUrl), [BASE, tokenUrl])).not.toThrow();
    expect(() => requireAdmitted(edfi(BASE, tokenUrl), [BASE, new URL(tokenUrl).origin])).not.toThrow();
  });
});

describe("a UAA's content, with https://a.example in OROT_ISSUER_ORIGINS,", () => {
  const open = (url: string) => {
    const content = { issuer: "uaa", url, clientId: "app", clientSecret: "canary/+9c1f~4711" };
    return openCredential(parseContent(new Secret(JSON.stringify(content))), createRig(), {
      origins: ["https://a.example"],
      aliases: [],
      onCrossing: (operation) => {
        throw new Error(`${operation} crossed`);
      },
    });
  };

  test.each([
    ["https://a.example", "https://a.example/oauth/token"],
    ["https://A.Example:443/", "https://a.example/oauth/token"],
    ["https://a.example/uaa", "https://a.example/uaa/oauth/token"],
  ])("has its token asked for at %s", (url, tokenUrl) => {
    expect(open(url).tokenEndpoint.url).toBe(tokenUrl);
  });

  test.each([
    ["a host that begins like it", "https://a.example.evil"],
    ["another port", "https://a.example:444"],
    ["a host in front of it", "https://evil.a.example"],
    ["its path's twin elsewhere", "https://evil.example/https/a.example"],
  ])("opens nothing at %s", async (_what, url) => {
    const error = await expectFailure(() => open(url), "ORIGIN_NOT_ALLOWED", url);
    expectNoTrace(error, "canary/+9c1f~4711");
  });

  test.each([
    ["as the user of another host", "https://a.example@evil"],
    ["as user and password of it", "https://a.example:443@evil"],
    ["before a backslash", "https://a.example\\@evil"],
    ["in a query elsewhere", "https://evil?https://a.example"],
    ["in a fragment elsewhere", "https://evil#https://a.example"],
    ["percent-encoded before another host", "https://a.example%2eevil"],
    ["with a dot at its end", "https://a.example."],
  ])("names no address that has it %s", async (_what, url) => {
    expectNoTrace(await expectFailure(() => open(url), "CONTENT_INVALID", "the member url"), "canary/+9c1f~4711");
  });
});
