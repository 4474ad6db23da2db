import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createIssuerHttp } from "../../../../src/clients/http/issuer-http.ts";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { openCredential } from "../../../../src/clients/issuers/index.ts";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { bearer, heldSecret, toyClient } from "../../../support/held.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const ORIGINS = ["login", "uaa", "sso", "cms"].map((host) => `https://${host}.example.org`);
const APP_ID = "abcd".repeat(8);

interface Opened {
  readonly credential: Credential;
  /** Every request, in order: method, address, tenant and body. */
  readonly asked: readonly string[];
  /** The operations that were told as crossing. */
  readonly crossings: readonly string[];
}

/** A credential as a call opens it. Every request is answered 404. */
function open(content: object): Opened {
  const [asked, crossings]: [string[], string[]] = [[], []];
  const { gate, budget, clock, settings } = createRig();
  const transport: Transport = async ({ method, url, headers, body = "" }) => {
    asked.push(`${method} ${url} ${headers["tenant"] ?? "-"} ${body}`);
    return { status: 404, headers: {}, body: "{}" };
  };
  const http = createIssuerHttp(transport, gate, budget, { ratePauseMs: 0, maxWaitMs: () => 0 }, clock);
  const credential = openCredential(
    parseContent(new Secret(JSON.stringify(content))),
    { http, httpAtOnce: http, clock, settings },
    { origins: ORIGINS, aliases: [], onCrossing: (operation) => crossings.push(operation) },
  );
  return { credential, asked, crossings };
}

const addresses = (asked: readonly string[]) => asked.map((line) => line.split(" ", 2).join(" "));

const oci = {
  ...{ domainUrl: " https://LOGIN.example.org:443/admin/v1/ ", appId: APP_ID.toUpperCase() },
  ...{ clientId: "App é", appSecret: "S1" },
};
const uaa = { issuer: "uaa", url: "https://UAA.example.org:443/Uaa/", clientId: "App é", clientSecret: "S1" };
const keycloak = {
  ...{ issuer: "keycloak", url: "https://SSO.example.org:443/Auth/", realm: "My shop&é" },
  ...{ clientId: "App é", clientSecret: "S1" },
};
const edfi = {
  ...{ issuer: "edfi-cms", url: "https://CMS.example.org:443/Config/", apiClientId: 7, tenant: "A" },
  ...{ clientId: "Key", clientSecret: "S1" },
};

describe("every request is made from the client that contents are compared by:", () => {
  test("at OCI IAM, with the App's id in lower case", async () => {
    const { credential, asked } = open(oci);
    const authorization = bearer("T", credential.client);
    await credential.login(null);
    await credential.mint(authorization);
    await credential.readBack(authorization);
    const { base, subject } = credential.client;
    expect([base, subject]).toEqual(["https://login.example.org", APP_ID]);
    expect(addresses(asked)).toEqual([
      "POST https://login.example.org/oauth2/v1/token",
      "POST https://login.example.org/admin/v1/AppClientSecretRegenerator",
      `GET https://login.example.org/admin/v1/Apps/${APP_ID}`,
    ]);
    expect(asked[1]).toContain(`"appId":"${APP_ID}"`);
  });

  test("at UAA, with the client's id encoded", async () => {
    const { credential, asked } = open(uaa);
    const { client } = credential;
    await credential.login(null);
    await credential.install(bearer("T", client), heldSecret("S2", client), "keep");
    await credential.retire(bearer("T", client), heldSecret("S0", client));
    const change = "PUT https://uaa.example.org/Uaa/oauth/clients/App%20%C3%A9/secret";
    expect(addresses(asked)).toEqual(["POST https://uaa.example.org/Uaa/oauth/token", change, change]);
    expect(asked[1]).toContain('"clientId":"App é"');
  });

  test("at Keycloak, with the realm encoded", async () => {
    const { credential, asked } = open(keycloak);
    const { client } = credential;
    await credential.login(null);
    await credential.install(bearer("T", client), heldSecret("S2", client), "keep");
    await credential.readExpiry?.(bearer("T", client));
    const find = "GET https://sso.example.org/Auth/admin/realms/My%20shop%26%C3%A9/clients?clientId=App+%C3%A9";
    expect(addresses(asked)).toEqual([
      "POST https://sso.example.org/Auth/realms/My%20shop%26%C3%A9/protocol/openid-connect/token",
      find,
      find,
    ]);
  });

  test("at an Ed-Fi Configuration Service, with the tenant", async () => {
    const { credential, asked } = open(edfi);
    await credential.login(null);
    await credential.mint(bearer("T", credential.client, "authority"));
    expect(asked[0]).toMatch(/^POST https:\/\/cms\.example\.org\/Config\/connect\/token /);
    expect(asked[1]).toBe("PUT https://cms.example.org/Config/v3/apiClients/7/reset-credential A {}");
    expect(asked).toHaveLength(2);
  });
});

test.each<[issuer: string, content: object]>([
  ["OCI IAM", oci],
  ["UAA", uaa],
  ["Keycloak", keycloak],
  ["Ed-Fi", edfi],
])(
  "a credential of %s as calls open it sends nothing with another client's proof or value, and tells",
  async (_issuer, content) => {
    const { credential, asked, crossings } = open(content);
    const [theirs, mine] = [bearer("T"), bearer("T", credential.client)];
    const foreign = heldSecret("S0", toyClient);
    expect(await credential.mint(theirs)).toMatchObject({ outcome: "refused", error: { code: "INTERNAL" } });
    expect(await credential.readBack(theirs)).toMatchObject({ outcome: "unknown", error: { code: "INTERNAL" } });
    expect(await credential.install(mine, foreign, "keep")).toMatchObject({
      outcome: "refused",
      error: { code: "INTERNAL" },
    });
    expect(await credential.retire(mine, foreign)).toMatchObject({ outcome: "refused", error: { code: "INTERNAL" } });
    expect(asked).toEqual([]);
    expect(crossings).toEqual(["mint", "readBack", "install", "retire"]);
  },
);
