import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, type Change, type ClientOptions, type Credentials, type UaaUnderTest, uaaCalls } from "./uaa-calls.ts";
import { describeUaaRights } from "./uaa-rights.suite.ts";
import { describeUaaZones } from "./uaa-zones.suite.ts";

const TWO = /already has two secrets/;
const ONE = /has only one secret/;
const PREVIOUS = /Previous secret is required and must be valid/;

/** What the product relies on, asked of a UAA over HTTP. */
export function describeUaa(name: string, open: () => Promise<UaaUnderTest>, limitMs?: number): void {
  describe(`${name} as UAA`, () => {
    let uaa: UaaUnderTest;
    beforeAll(async () => {
      uaa = await open();
    }, limitMs);
    afterAll(async () => {
      await uaa.stop();
    }, limitMs);

    describeLogins(() => uaa);
    describeSecrets(() => uaa);
    describeTokens(() => uaa);
    describeUaaRights(() => uaa);
    describeUaaZones(() => uaa);
  });
}

/** A client, and its calls with its own token. */
async function setUp(uaa: UaaUnderTest, options?: ClientOptions) {
  const client = await uaa.makeClient(options);
  const calls = uaaCalls(uaa);
  const bearer = await calls.bearer(client);
  const value = (secret: string): Credentials => ({ clientId: client.clientId, secret });
  return {
    ...calls,
    ...client,
    value,
    /** A change by the client itself. */
    self: (change: Change, token = bearer) => calls.change(client.clientId, token, change),
    admin: async (change: Change) => calls.change(client.clientId, await calls.bearer(uaa.admin), change),
    ownToken: bearer,
    /** Statuses of logins with these values. */
    logins: (...values: readonly string[]) =>
      Promise.all(values.map(async (secret) => (await calls.login(value(secret))).status)),
  };
}

function describeLogins(uaa: () => UaaUnderTest): void {
  describe("logging in", () => {
    it("gives an opaque bearer token for the right secret, sent in the form or by Basic with the encoding header", async () => {
      const { login, token, value, secret } = await setUp(uaa());
      const authorization = basic(value(secret));
      const answers = [
        await login(value(secret)),
        await token({}, { authorization, "x-cf-encoded-credentials": "true" }),
        await token({}, { authorization }),
      ];
      for (const { status, json } of answers) {
        expect(status).toBe(200);
        expect(json).toMatchObject({
          access_token: expect.any(String),
          token_type: "bearer",
          expires_in: expect.any(Number),
        });
        expect(String(json["access_token"])).not.toContain(".");
      }
    });

    it("says how long the token lives, as the client's setting has it", async () => {
      const { login, value, secret } = await setUp(uaa(), { tokenSeconds: 600 });
      const { json } = await login(value(secret));
      expect(json["expires_in"]).toBeGreaterThan(590);
      expect(json["expires_in"]).toBeLessThanOrEqual(600);
    });

    it("refuses a wrong secret and an unknown client alike: 401, Bad credentials, and a Basic challenge", async () => {
      const { login, value, clientId, secret } = await setUp(uaa());
      for (const wrong of [value(`${secret}x`), { clientId: `${clientId}-none`, secret }]) {
        const { status, json, headers } = await login(wrong);
        expect(status).toBe(401);
        expect(["invalid_client", "unauthorized"]).toContain(json["error"]);
        expect(json["error_description"]).toBe("Bad credentials");
        expect(headers["www-authenticate"]).toMatch(/^Basic realm="UAA\/client"/);
      }
    });

    it("tells a good secret that may not use the grant from a wrong one, both with 401", async () => {
      const client = await uaa().makeClient({ grantTypes: ["authorization_code"] });
      const { login } = uaaCalls(uaa());
      const good = await login(client);
      expect(good).toMatchObject({ status: 401, json: { error: "invalid_client" } });
      expect(good.json["error_description"]).toMatch(/^Unauthorized grant type/);
      const bad = await login({ ...client, secret: `${client.secret}x` });
      expect(bad).toMatchObject({ status: 401, json: { error_description: "Bad credentials" } });
    });

    it("answers a scope or grant that is not there with 400, which says nothing about the secret", async () => {
      const { token, clientId, secret } = await setUp(uaa());
      const form = { client_id: clientId, client_secret: secret };
      expect(await token({ ...form, scope: "no.such" })).toMatchObject({
        status: 400,
        json: { error: "invalid_scope" },
      });
      const grant = await token({ ...form, grant_type: "nonsense" });
      expect(grant).toMatchObject({ status: 400, json: { error: "unsupported_grant_type" } });
    });

    it("takes Basic alone where both Basic and form credentials are sent", async () => {
      const { token, clientId, secret, value } = await setUp(uaa());
      const wrong = `${secret}x`;
      const form = (given: string) => ({ client_id: clientId, client_secret: given });
      expect((await token(form(wrong), { authorization: basic(value(secret)) })).status).toBe(200);
      expect((await token(form(secret), { authorization: basic(value(wrong)) })).status).toBe(401);
    });

    it("judges a secret at /clientinfo for any grant, without giving a token", async () => {
      const client = await uaa().makeClient({ grantTypes: ["authorization_code"] });
      const { clientInfo } = uaaCalls(uaa());
      const good = await clientInfo(client, { "x-cf-encoded-credentials": "true" });
      expect(good).toMatchObject({ status: 200, json: { client_id: client.clientId } });
      expect(good.text).not.toContain(client.secret);
      expect((await clientInfo({ ...client, secret: `${client.secret}x` })).status).toBe(401);
      expect((await clientInfo()).status).toBe(401);
    });

    it("locks no client out after many refused logins", async () => {
      const { logins, secret } = await setUp(uaa());
      const wrong = Array.from({ length: 12 }, (_, index) => `wrong-${index}`);
      expect(new Set(await logins(...wrong))).toEqual(new Set([401]));
      expect(await logins(secret)).toEqual([200]);
    });
  });
}

function describeSecrets(uaa: () => UaaUnderTest): void {
  describe("changing a secret", () => {
    it("ADD by the client itself: old and new log in", async () => {
      const { self, logins, secret } = await setUp(uaa());
      const added = await self({ changeMode: "ADD", secret: "second-1", oldSecret: secret });
      expect(added).toMatchObject({ status: 200, json: { status: "ok", message: "Secret is added" } });
      expect(await logins(secret, "second-1")).toEqual([200, 200]);
    });

    it("takes either of two secrets as oldSecret, ignores members it does not know, and lets the path name the client", async () => {
      const { self, secret, logins } = await setUp(uaa());
      const unknown = { clientId: "somebody-else", unknown: true };
      await self({ changeMode: "ADD", secret: "second-1", oldSecret: secret, ...unknown });
      const third = (oldSecret: string) => self({ changeMode: "ADD", secret: "third-1", oldSecret });
      expect((await third(secret)).json["error_description"]).toMatch(TWO);
      expect((await third("second-1")).json["error_description"]).toMatch(TWO);
      expect((await third("third-1")).json["error_description"]).toMatch(PREVIOUS);
      expect(await logins(secret, "second-1", "third-1")).toEqual([200, 200, 401]);
    });

    it("refuses a third ADD with 400 and the words that it already has two, also of a value that it has", async () => {
      const { self, secret, logins } = await setUp(uaa());
      const add = (value: string) => self({ changeMode: "ADD", secret: value, oldSecret: secret });
      await add("second-1");
      for (const value of ["third-1", "second-1"]) {
        const { status, json } = await add(value);
        expect(status).toBe(400);
        expect(json).toMatchObject({ error: "invalid_client", error_description: expect.stringMatching(TWO) });
      }
      expect(await logins(secret, "second-1")).toEqual([200, 200]);
    });

    it("stores a value twice where ADD names the one there is", async () => {
      const { self, admin, secret, logins } = await setUp(uaa());
      expect((await self({ changeMode: "ADD", secret, oldSecret: secret })).status).toBe(200);
      expect((await admin({ changeMode: "ADD", secret: "third-1" })).json["error_description"]).toMatch(TWO);
      expect((await admin({ changeMode: "DELETE" })).status).toBe(200);
      expect(await logins(secret)).toEqual([200]);
    });

    it.each(["ADD", "DELETE", "UPDATE"])(
      "refuses %s by the client itself without a good oldSecret",
      async (changeMode) => {
        const { self, admin, secret, logins } = await setUp(uaa());
        await admin({ changeMode: "ADD", secret: "second-1" });
        for (const oldSecret of [{}, { oldSecret: "wrong-1" }]) {
          const { status, json } = await self({ changeMode, secret: "third-1", ...oldSecret });
          expect(status).toBe(400);
          expect(json["error_description"]).toMatch(PREVIOUS);
        }
        expect(await logins(secret, "second-1", "third-1")).toEqual([200, 200, 401]);
      },
    );

    it("DELETE ends the older one, whichever of the two oldSecret names", async () => {
      for (const named of ["older", "newer"]) {
        const { self, secret, logins } = await setUp(uaa());
        await self({ changeMode: "ADD", secret: "second-1", oldSecret: secret });
        const deleted = await self({ changeMode: "DELETE", oldSecret: named === "older" ? secret : "second-1" });
        expect(deleted).toMatchObject({ status: 200, json: { status: "ok", message: "Secret is deleted" } });
        expect(await logins(secret, "second-1")).toEqual([401, 200]);
      }
    });

    it("refuses DELETE with 400 and the words that it has only one, and keeps that one", async () => {
      const { self, secret, logins } = await setUp(uaa());
      const { status, json } = await self({ changeMode: "DELETE", oldSecret: secret });
      expect(status).toBe(400);
      expect(json).toMatchObject({ error: "invalid_client", error_description: expect.stringMatching(ONE) });
      expect(await logins(secret)).toEqual([200]);
    });

    it("refuses a DELETE whose oldSecret is dead, so that one that comes late ends nothing", async () => {
      const { self, secret, value, bearer, logins } = await setUp(uaa());
      await self({ changeMode: "ADD", secret: "second-1", oldSecret: secret });
      await self({ changeMode: "DELETE", oldSecret: secret });
      const token = await bearer(value("second-1"));
      await self({ changeMode: "ADD", secret: "third-1", oldSecret: "second-1" }, token);
      const late = await self({ changeMode: "DELETE", oldSecret: secret }, token);
      expect(late.status).toBe(400);
      expect(late.json["error_description"]).toMatch(PREVIOUS);
      expect(await logins("second-1", "third-1")).toEqual([200, 200]);
    });

    it("UPDATE replaces all secrets by one, and is what a missing changeMode means", async () => {
      for (const mode of [{}, { changeMode: "UPDATE" }]) {
        const { self, secret, logins } = await setUp(uaa());
        await self({ changeMode: "ADD", secret: "second-1", oldSecret: secret });
        const updated = await self({ ...mode, secret: "third-1", oldSecret: secret });
        expect(updated).toMatchObject({ status: 200, json: { status: "ok", message: "secret updated" } });
        expect(await logins(secret, "second-1", "third-1")).toEqual([401, 401, 200]);
      }
    });

    it("keeps the first secret through ADDs sent at once; what logs in afterwards was answered 200, not the other way round", async () => {
      const { admin, secret, logins } = await setUp(uaa());
      const values = ["race-1", "race-2", "race-3", "race-4"];
      const statuses = await Promise.all(
        values.map(async (value) => (await admin({ changeMode: "ADD", secret: value })).status),
      );
      const accepted = await logins(...values);
      expect(await logins(secret)).toEqual([200]);
      expect(accepted).toContain(200);
      for (const [index, status] of accepted.entries()) {
        if (status === 200) expect(statuses[index]).toBe(200);
      }
    });

    it("reads at most 72 bytes of a secret: a longer one is refused, or its rest is ignored", async () => {
      const { admin, logins } = await setUp(uaa());
      const long = "a".repeat(73);
      const { status } = await admin({ secret: long });
      expect([200, 400]).toContain(status);
      expect(await logins(long.slice(1), long)).toEqual(status === 200 ? [200, 200] : [401, 401]);
    });
  });
}

function describeTokens(uaa: () => UaaUnderTest): void {
  describe("tokens", () => {
    it("live on through ADD; DELETE ends those from before the ADD, whoever checks them at the UAA", async () => {
      const { self, secret, value, bearer, checkToken, ownToken } = await setUp(uaa());
      await self({ changeMode: "ADD", secret: "second-1", oldSecret: secret });
      expect((await checkToken(ownToken)).status).toBe(200);
      const duringByOld = await bearer(value(secret));
      const duringByNew = await bearer(value("second-1"));
      await self({ changeMode: "DELETE", oldSecret: secret });
      expect(await checkToken(ownToken)).toMatchObject({ status: 400, json: { error: "invalid_token" } });
      const refused = await self({ changeMode: "ADD", secret: "third-1", oldSecret: "second-1" });
      expect(refused).toMatchObject({ status: 401, json: { error: "invalid_token" } });
      expect((await checkToken(duringByOld)).status).toBe(200);
      expect((await checkToken(duringByNew)).status).toBe(200);
      expect((await self({ changeMode: "ADD", secret: "third-1", oldSecret: "second-1" }, duringByOld)).status).toBe(
        200,
      );
    });

    it("die by UPDATE, also with the same value, and do not come back with the value", async () => {
      const { self, admin, secret, checkToken, ownToken, logins } = await setUp(uaa());
      expect((await self({ secret, oldSecret: secret })).status).toBe(200);
      expect(await logins(secret)).toEqual([200]);
      expect((await checkToken(ownToken)).status).toBe(400);
      await admin({ changeMode: "ADD", secret });
      expect((await checkToken(ownToken)).status).toBe(400);
    });
  });
}
