import { describe, expect, it } from "vitest";
import { basic, type KeycloakUnderTest, keycloakCalls } from "./keycloak-calls.ts";

const WRONG = "Invalid client or Invalid client credentials";

/** What logins say about a secret. */
export function describeKeycloakLogins(keycloak: () => KeycloakUnderTest): void {
  const setUp = async (options?: Parameters<KeycloakUnderTest["makeClient"]>[0]) => ({
    client: await keycloak().makeClient(options),
    ...keycloakCalls(keycloak()),
  });

  describe("logging in", () => {
    it("gives a bearer token of 300 s for the right secret, by Basic or in the form", async () => {
      const { client, login, form } = await setUp();
      const inForm = { grant_type: "client_credentials", client_id: client.clientId, client_secret: client.secret };
      for (const { status, json } of [await login(client), await form("token", inForm, {})]) {
        expect(status).toBe(200);
        expect(json).toMatchObject({
          access_token: expect.any(String),
          token_type: "Bearer",
          refresh_expires_in: 0,
        });
        // One less where a second ends while the token is made.
        expect([299, 300]).toContain(json["expires_in"]);
      }
    });

    it.each(["a+b %:c/é", "ä€", "%41"])("takes the secret %s, percent-encoded", async (secret) => {
      const { client, login } = await setUp({ secret });
      expect((await login(client)).status).toBe(200);
    });

    it("refuses a Basic header that cannot be decoded with 400, which says nothing about the secret", async () => {
      const { client, form } = await setUp();
      const authorization = `Basic ${Buffer.from(`${client.clientId}:50%zz`).toString("base64")}`;
      const { status, json } = await form("token", { grant_type: "client_credentials" }, { authorization });
      expect(status).toBe(400);
      expect(json).toEqual({
        error: "unauthorized_client",
        error_description: "Unexpected error when authenticating client",
      });
    });

    it("tells a wrong secret from an unknown or disabled client by the code alone", async () => {
      const { client, login } = await setUp();
      const disabled = await keycloak().makeClient({ enabled: false });
      const answers = [
        await login({ ...client, secret: `${client.secret}x` }),
        await login({ ...client, secret: "" }),
        await login({ clientId: "no-such-client", secret: "x" }),
        await login(disabled),
      ];
      const codes = ["unauthorized_client", "unauthorized_client", "invalid_client", "invalid_client"];
      expect(answers.map(({ status, json }) => [status, json["error"], json["error_description"]])).toEqual(
        codes.map((code) => [401, code, WRONG]),
      );
    });

    it("refuses a request without a client with 401 invalid_client", async () => {
      const { form } = await setUp();
      const { status, json } = await form("token", { grant_type: "client_credentials" }, {});
      expect([status, json["error"]]).toEqual([401, "invalid_client"]);
    });

    it("says of a client without a service account that its secret is good, with 401 unauthorized_client", async () => {
      const { client, login } = await setUp({ serviceAccount: false });
      const { status, json } = await login(client);
      expect([status, json["error"]]).toEqual([401, "unauthorized_client"]);
      expect(json["error_description"]).toBe("Client not enabled to retrieve service account");
      expect((await login({ ...client, secret: "x" })).json["error_description"]).toBe(WRONG);
    });

    it("says of a public client that it is public, whatever the secret", async () => {
      const { client, login } = await setUp({ publicClient: true, serviceAccount: false });
      const { status, json } = await login(client);
      expect([status, json["error"]]).toEqual([401, "unauthorized_client"]);
      expect(json["error_description"]).toBe("Public client not allowed to retrieve service account");
    });

    it.each(["client-jwt", "client-secret-jwt"])(
      "asks a client of the type %s for an assertion, with 400",
      async (type) => {
        const { client, login, introspect } = await setUp({ authenticator: type });
        for (const { status, json } of [await login(client), await introspect(client)]) {
          expect([status, json["error"]]).toEqual([400, "invalid_client"]);
          expect(json["error_description"]).toBe("Parameter client_assertion_type is missing");
        }
      },
    );

    it("refuses a client whose secret must come another way with 401 unauthorized_client, whatever the secret", async () => {
      const { client, login, of, introspect } = await setUp();
      await of(client).put({ attributes: { "client.secret.authentication.allowed.method": "client_secret_post" } });
      for (const secret of [client.secret, "x"]) {
        const { status, json } = await login({ ...client, secret });
        expect([status, json["error"]]).toEqual([401, "unauthorized_client"]);
        expect(json["error_description"]).toMatch(/^Invalid method used to get client secret\./);
      }
      expect((await introspect(client)).json["error"]).toBe("invalid_client");
    });

    it("judges the grant before the secret, and the scope after it", async () => {
      const { client, form, login } = await setUp();
      const wrong = { authorization: basic({ ...client, secret: "x" }) };
      expect((await form("token", { grant_type: "none" }, wrong)).json["error"]).toBe("unsupported_grant_type");
      expect((await form("token", {}, wrong)).json["error"]).toBe("invalid_request");
      expect((await login({ ...client, secret: "x" }, { scope: "none" })).json["error"]).toBe("unauthorized_client");
      const { status, json } = await login(client, { scope: "none" });
      expect([status, json["error"]]).toEqual([400, "invalid_scope"]);
    });

    it("answers an unknown realm with 404", async () => {
      const { client, send } = await setUp();
      const path = "/realms/no-such-realm/protocol/openid-connect/token";
      const headers = { authorization: basic(client), "content-type": "application/x-www-form-urlencoded" };
      const { status, json } = await send("POST", path, undefined, "grant_type=client_credentials", headers);
      expect([status, json["error"]]).toEqual([404, "Realm does not exist"]);
    });

    it("shows that the realm is there to everyone", async () => {
      const { send } = await setUp();
      const { status, json } = await send("GET", `/realms/${keycloak().realm}`);
      expect([status, json["realm"]]).toEqual([200, keycloak().realm]);
    });
  });

  describe("introspection", () => {
    it("tells a good secret from a bad one without issuing a token, also without a service account", async () => {
      const { client, introspect } = await setUp({ serviceAccount: false });
      const good = await introspect(client);
      expect([good.status, good.json]).toEqual([200, { active: false }]);
      const bad = await introspect({ ...client, secret: "x" });
      expect([bad.status, bad.json]).toEqual([
        401,
        { error: "invalid_client", error_description: "Client authentication failed." },
      ]);
      const unknown = await introspect({ clientId: "no-such-client", secret: "x" });
      expect([unknown.status, unknown.json["error_description"]]).toEqual([401, WRONG]);
    });

    it("needs a token to look at, and a confidential client", async () => {
      const { client, introspect } = await setUp();
      const missing = await introspect(client, {});
      expect([missing.status, missing.json["error_description"]]).toEqual([400, "Token not provided."]);
      const open = await introspect(await keycloak().makeClient({ publicClient: true, serviceAccount: false }));
      expect([open.status, open.json["error_description"]]).toEqual([403, "Client not allowed."]);
    });
  });
}
