import { describe, expect, it } from "vitest";
import {
  type ContractClient,
  type KeycloakUnderTest,
  keycloakCalls,
  LONG,
  type Periods,
  secretRotation,
} from "./keycloak-calls.ts";

/** Due from the start: the remaining period is as long as the secret's life. */
const DUE: Periods = { ...LONG, remaining: LONG.expiration };
/** Members of an answer that an update may not or need not send back. */
const ANSWERED = [
  "registration_access_token",
  "registration_client_uri",
  "client_secret_expires_at",
  "client_id_issued_at",
];

/** Dynamic client registration: the client updates itself with its registration access token. */
export function describeKeycloakRegistration(keycloak: () => KeycloakUnderTest): void {
  const setUp = async (options: ContractClient = { registered: true }) => {
    const calls = keycloakCalls(keycloak());
    const client = await keycloak().makeClient(options);
    const own = calls.of(client);
    const token = await own.registrationToken();
    const read = await calls.registration("GET", client.clientId, token);
    const metadata = Object.fromEntries(Object.entries(read.json).filter(([name]) => !ANSWERED.includes(name)));
    const update = (bearer: string, body: object = metadata) =>
      calls.registration("PUT", client.clientId, bearer, body);
    return { ...calls, ...own, client, token, read, metadata, update };
  };
  const newToken = (answer: { json: Readonly<Record<string, unknown>> }) =>
    String(answer.json["registration_access_token"]);

  describe("dynamic registration", () => {
    it("shows the client with its secret, and a GET leaves the token as it is", async () => {
      await keycloakCalls(keycloak()).rotateBy(LONG);
      const { client, token, read, attributes } = await setUp();
      expect(read.status).toBe(200);
      expect(read.json).toMatchObject({
        client_id: client.clientId,
        client_secret: client.secret,
        client_secret_expires_at: Number((await attributes())["expiration.time"]),
        registration_access_token: token,
        registration_client_uri: expect.stringMatching(new RegExp(`/${client.clientId}$`)),
      });
    });

    it("replaces the token at every update; the old one then neither reads nor updates", async () => {
      await keycloakCalls(keycloak()).rotateBy(LONG);
      const { client, token, update, registration } = await setUp();
      const answer = await update(token);
      expect(answer.status).toBe(200);
      expect(newToken(answer)).not.toBe(token);
      const [read, updated] = [await registration("GET", client.clientId, token), await update(token)];
      expect([read.status, read.json["error"], updated.status, updated.json["error"]]).toEqual([
        401,
        "invalid_token",
        401,
        "invalid_token",
      ]);
      expect((await registration("GET", client.clientId, newToken(answer))).status).toBe(200);
    });

    it("answers the same secret before it is due", async () => {
      await keycloakCalls(keycloak()).rotateBy(LONG);
      const { client, token, update, attributes } = await setUp();
      const before = await attributes();
      expect((await update(token)).json["client_secret"]).toBe(client.secret);
      expect(await attributes()).toMatchObject(before);
    });

    it("rotates once it is due, with an overlap, whatever secret the update sends or leaves out", async () => {
      await keycloakCalls(keycloak()).rotateBy(DUE);
      const { client, token, update, metadata, logins, rotated } = await setUp();
      const first = await update(token, { ...metadata, client_secret: "chosen" });
      const made = String(first.json["client_secret"]);
      expect(["chosen", client.secret]).not.toContain(made);
      expect(await logins(client.secret, made, "chosen")).toEqual([200, 200, 401]);
      expect((await rotated()).json["value"]).toBe(client.secret);
      const { client_secret: _, ...without } = metadata;
      const second = await update(newToken(first), without);
      expect(await logins(client.secret, made, String(second.json["client_secret"]))).toEqual([401, 200, 200]);
    });

    it("never rotates without a policy, and then leaves a rotated slot as it is", async () => {
      const { rotateBy, withoutPolicy } = keycloakCalls(keycloak());
      await rotateBy(LONG);
      const { client, token, update, regenerate, logins } = await setUp();
      const made = await regenerate();
      await withoutPolicy();
      expect((await update(token)).json["client_secret"]).toBe(made);
      expect(await logins(client.secret, made)).toEqual([200, 200]);
    });

    it("leaves the token as it is where a policy says so", async () => {
      const keep = { executor: "registration-access-token-rotation-disabled", configuration: {} };
      await keycloakCalls(keycloak()).setPolicies([secretRotation(LONG), keep]);
      const { token, update } = await setUp();
      expect(newToken(await update(token))).toBe(token);
      expect((await update(token)).status).toBe(200);
    });

    it("does not know a client by its secret, nor by its own access token", async () => {
      await keycloakCalls(keycloak()).withoutPolicy();
      const { client, bearer, registration } = await setUp();
      const { status, json } = await registration("GET", client.clientId, await bearer(client));
      expect([status, json["error"]]).toEqual([403, "insufficient_scope"]);
    });

    it("lets a manager of clients update without a registration token, which is then not answered", async () => {
      const { client, bearer, registration, metadata, token } = await setUp();
      const answer = await registration("PUT", client.clientId, await bearer(keycloak().administrator), metadata);
      expect(answer.status).toBe(200);
      expect(answer.json).not.toHaveProperty("registration_access_token");
      expect((await registration("GET", client.clientId, token)).status).toBe(200);
    });

    it("refuses what is no token, a missing one, and an administrator's search for nobody", async () => {
      const { client, bearer, registration, metadata } = await setUp();
      const decode = await registration("PUT", client.clientId, "no-token", metadata);
      expect([decode.status, decode.json["error_description"]]).toEqual([401, "Failed decode token"]);
      const missing = await registration("PUT", client.clientId, undefined, metadata);
      expect([missing.status, missing.json["error"]]).toEqual([401, "invalid_token"]);
      const nobody = await registration("GET", "no-such-client", await bearer(keycloak().administrator));
      expect([nobody.status, nobody.json["error"]]).toEqual([404, "invalid_request"]);
    });

    it("refuses another client id, a missing one, and unknown members", async () => {
      const { token, update, metadata } = await setUp();
      const { client_id: _, scope: _scope, ...without } = metadata;
      for (const body of [without, { ...without, client_id: "other" }]) {
        const { status, json } = await update(token, body);
        expect([status, json["error"]]).toEqual([400, "invalid_client_metadata"]);
      }
      const unknown = await update(token, { ...metadata, zzz: 1 });
      expect(unknown.json["error"]).toMatch(/^Invalid json representation for OIDCClientRepresentation\./);
    });

    it("takes the service account away where the grants that an update names do not hold client_credentials", async () => {
      await keycloakCalls(keycloak()).withoutPolicy();
      const { client, token, update, metadata, login } = await setUp();
      const { grant_types: _, ...without } = metadata;
      const kept = await update(token, without);
      expect((await login(client)).status).toBe(200);
      expect((await update(newToken(kept), { ...metadata, grant_types: ["authorization_code"] })).status).toBe(200);
      expect((await login(client)).json["error_description"]).toBe("Client not enabled to retrieve service account");
    });

    it("fails with 500 where the update has scopes and the client's internal id is not its client id, and works without them", async () => {
      await keycloakCalls(keycloak()).rotateBy(DUE);
      const { client, token, update, metadata, logins } = await setUp({});
      const failed = await update(token, metadata);
      expect([metadata["scope"], failed.status]).toEqual([expect.any(String), 500]);
      expect(await logins(client.secret)).toEqual([200]);
      const { scope: _, ...without } = metadata;
      const answer = await update(token, without);
      expect([answer.status, answer.json["scope"]]).toEqual([200, metadata["scope"]]);
      expect(await logins(client.secret, String(answer.json["client_secret"]))).toEqual([200, 200]);
    });

    it("gets its token from an administrator, who sees the secret masked there", async () => {
      const { client, asAdministrator } = await setUp();
      const { status, json } = await asAdministrator("POST", `/clients/${client.uuid}/registration-access-token`);
      expect([status, json["secret"]]).toEqual([200, "**********"]);
    });
  });
}
