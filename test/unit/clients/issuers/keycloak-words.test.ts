import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import { keycloak } from "../../../../src/clients/issuers/keycloak.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const HOST = "https://sso.example.org";
const TOKEN_PATH = "/realms/shop/protocol/openid-connect/token";
const CLIENTS = "/admin/realms/shop/clients";
const UUID = "0b0c7a52-0000-4000-8000-3f1f5d1c7d10";
const content = { issuer: "keycloak", url: HOST, realm: "shop", clientId: "app", clientSecret: "V1" };
const stored = { id: UUID, clientId: "app" };

function setUp(environment: Readonly<Record<string, string>> = {}) {
  const rig = { ...createRig(), settings: parseSettings(environment) };
  const credential = keycloak.open(parseContent(new Secret(JSON.stringify(content))), rig);
  const proof = bearer("token", credential.client);
  return { ...rig, credential, proof, other: (value: string) => heldSecret(value, credential.client) };
}

const finding = (client: object | number = stored) =>
  nock(HOST, { reqheaders: { "content-type": "application/json", authorization: "Bearer token" } })
    .get(`${CLIENTS}?clientId=app`)
    .reply(typeof client === "number" ? client : 200, typeof client === "number" ? "" : [client]);

/** What installing a value is told. */
async function installing() {
  const { credential, proof, other } = setUp();
  return credential.install(proof, other("V2"), "keep");
}
const messageOf = (result: object) =>
  "error" in result && result.error instanceof Error ? result.error.message : "none";

describe("an operator is told why a value was not set", () => {
  test.each([
    [401, "the token was refused at looking the client up"],
    [403, "looking the client up was refused with 403"],
    [404, "looking the client up was refused with 404"],
    [503, "looking the client up was answered 503"],
  ])("since looking the client up was answered %i", async (status, words) => {
    finding(status);
    expect(messageOf(await installing())).toBe(words);
  });

  test.each([
    [401, "the token was refused at setting the client secret"],
    [400, "the realm's client policies refuse the chosen value"],
    [409, "setting the client secret was refused with 409"],
  ])("since setting it was answered %i", async (status, words) => {
    finding();
    nock(HOST).put(`${CLIENTS}/${UUID}`).reply(status);
    expect(messageOf(await installing())).toBe(words);
  });

  test("since the realm shows no such client", async () => {
    finding({ ...stored, clientId: "another" });
    const result = await installing();
    const message =
      "the realm shows no client with this clientId: it is unknown, or the service account may not view it";
    const nextAction =
      "correct realm or clientId in the secret's content, or give the service account the right to view the client";
    expect(result).toMatchObject({ outcome: "proof-refused", error: { message, nextAction } });
  });

  test.each(["../users", `${UUID}/../x`, `${UUID}?`, ""])(
    "since the realm gives the client the id %j, which no address is made of",
    async (id) => {
      finding({ ...stored, id });
      expect(messageOf(await installing())).toBe("the answer to looking the client up could not be read");
    },
  );

  test("since only a bearer token is taken", async () => {
    const { credential, other } = setUp();
    const signed = { kind: "oci-signature" } as never;
    expect(await credential.install(signed, other("V2"), "keep")).toMatchObject({ error: { code: "INTERNAL" } });
    const asked = () => credential.preflight?.(() => Promise.resolve(signed));
    await expectFailure(asked, "INTERNAL", "only a bearer token is taken here");
    expect(await credential.readExpiry?.(signed)).toEqual({ outcome: "unreadable" });
  });
});

describe("a login whose way the client's settings do not take", () => {
  const words = (method: string) => `Invalid method used to get client secret. Client requires method '${method}'`;
  const refusing = (method: string, body: RegExp | ((body: object) => boolean)) =>
    nock(HOST)
      .post(TOKEN_PATH, body as never)
      .reply(401, { error: "unauthorized_client", error_description: words(method) });

  test("is sent once more as they demand it", async () => {
    refusing("client_secret_post", (body) => !("client_secret" in body));
    nock(HOST)
      .post(TOKEN_PATH, (body) => body["client_id"] === "app" && body["client_secret"] === "V1")
      .reply(200, { access_token: "token", expires_in: 300 });
    expect(await setUp().credential.login(null)).toMatchObject({ verdict: "accepted" });
  });

  test("is not sent again if they demand another way altogether, and what to set is said", async () => {
    refusing("client_secret_jwt", () => true);
    expect(await setUp().credential.login(null)).toMatchObject({
      verdict: "unknown",
      final: true,
      error: { message: "the client's settings allow neither client_secret_basic nor client_secret_post" },
    });
  });
});

describe("the end of a value", () => {
  const ROTATED = "client.secret.rotated";
  const read = async (attributes: object | number) => {
    finding(typeof attributes === "number" ? attributes : { ...stored, attributes });
    const { credential, proof } = setUp();
    return credential.readExpiry?.(proof);
  };

  test.each<[string, object, number | null]>([
    ["is what the client notes", { "client.secret.expiration.time": "1769904000" }, 1_769_904_000_000],
    ["is none if nothing is noted", {}, null],
    ["is none if 0 is noted", { "client.secret.expiration.time": "0" }, null],
    ["is none if words are noted", { "client.secret.expiration.time": "soon" }, null],
    ["is none beyond what a date can be", { "client.secret.expiration.time": "8640000000000" }, null],
    [
      "is that of the older one, if it is the older one",
      { [ROTATED]: "V1", [`${ROTATED}.expiration.time`]: "1769904001", "client.secret.expiration.time": "1769904000" },
      1_769_904_001_000,
    ],
    [
      "is the client's, if another is the older one",
      { [ROTATED]: "V0", [`${ROTATED}.expiration.time`]: "1769904001", "client.secret.expiration.time": "1769904000" },
      1_769_904_000_000,
    ],
  ])("%s", async (_what, attributes, at) => {
    expect(await read(attributes)).toEqual({ outcome: "read", at });
  });

  test.each([
    [403, "proof-refused"],
    [401, "proof-refused"],
    [404, "unreadable"],
    [503, "unknown"],
  ])("is not known after a %i: %s", async (status, outcome) => {
    expect(await read(status)).toEqual({ outcome });
  });
});

describe("a value that is set", () => {
  async function attributesAfter(attributes: object, environment: Readonly<Record<string, string>> = {}) {
    finding({ ...stored, attributes });
    let sent: Record<string, string> = {};
    nock(HOST)
      .put(`${CLIENTS}/${UUID}`, (body) => {
        sent = body["attributes"];
        return true;
      })
      .reply(204);
    const { credential, proof, other, clock } = setUp(environment);
    expect(await credential.install(proof, other("V2"), "keep")).toEqual({ outcome: "installed" });
    return { sent, now: clock.now() / 1000 };
  }

  test("leaves the older one its day of making, if the client notes it", async () => {
    const noted = await attributesAfter({ "client.secret.creation.time": "1700000000" });
    expect(noted.sent["client.secret.rotated.creation.time"]).toBe("1700000000");
    const unnoted = await attributesAfter({});
    expect(unnoted.sent["client.secret.rotated.creation.time"]).toBe(String(unnoted.now));
  });

  test.each([
    ["acknowledged", 100],
    ["grace", 24],
  ])("leaves the older one its longest grace, with OROT_RETIRE_AFTER=%s", async (retireAfter, hours) => {
    const settings = {
      ...{ OROT_RETIRE_AFTER: retireAfter, OROT_GRACE_HOURS: "24", OROT_LONGEST_GRACE_HOURS: "100" },
    };
    const { sent, now } = await attributesAfter({}, settings);
    expect(sent["client.secret.rotated.expiration.time"]).toBe(String(now + hours * 3_600));
  });
});

describe("the older value is not ended", () => {
  const SLOT = `${CLIENTS}/${UUID}/client-secret/rotated`;
  const retire = async () => {
    const { credential, proof, other } = setUp();
    return credential.retire(proof, other("V0"));
  };

  test.each<[string, unknown]>([
    ["holds another value", { value: "V7" }],
    ["is shown as something else", { valued: "V0" }],
    ["is not shown", ""],
  ])("if its slot %s", async (_what, body) => {
    finding();
    nock(HOST)
      .get(SLOT)
      .reply(200, body as object);
    expect(await retire()).toMatchObject({
      outcome: "refused",
      error: { code: "RETIRE_NOT_SAFE", nextAction: "leave it to expire, or look at the realm" },
    });
  });

  test("if its slot may not be read", async () => {
    finding();
    nock(HOST, { reqheaders: { authorization: "Bearer token" } })
      .get(SLOT)
      .reply(403);
    expect(messageOf(await retire())).toBe("reading the rotated secret was refused with 403");
  });
});
