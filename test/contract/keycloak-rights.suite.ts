import { describe, expect, it } from "vitest";
import { type ContractClient, type KeycloakUnderTest, keycloakCalls, type MadeClient } from "./keycloak-calls.ts";

const FORBIDDEN = { error: "HTTP 403 Forbidden" };
const UNKNOWN = { error: "Could not find client" };
const SERVER_ERROR = {
  error: "unknown_error",
  error_description: "For more on this error consult the server log.",
};

/** Who may do what in the admin API, and what the refusals look like. */
export function describeKeycloakRights(keycloak: () => KeycloakUnderTest): void {
  const setUp = async (options: ContractClient) => {
    const caller = await keycloak().makeClient(options);
    const target = await keycloak().makeClient();
    const calls = keycloakCalls(keycloak());
    const bearer = await calls.bearer(caller);
    const act = (method: string, path: string, body?: object) => calls.admin(method, path, bearer, body);
    /** Status by call. */
    const statuses = async ({ uuid, clientId }: MadeClient) => ({
      find: (await act("GET", `/clients?clientId=${clientId}`)).status,
      read: (await act("GET", `/clients/${uuid}`)).status,
      secret: (await act("GET", `/clients/${uuid}/client-secret`)).status,
      rotated: (await act("GET", `/clients/${uuid}/client-secret/rotated`)).status,
      regenerate: (await act("POST", `/clients/${uuid}/client-secret`)).status,
      put: (await act("PUT", `/clients/${uuid}`, { secret: "chosen" })).status,
      retire: (await act("DELETE", `/clients/${uuid}/client-secret/rotated`)).status,
    });
    return { ...calls, caller, target, act, statuses };
  };
  const all = (status: number) => ({
    find: status,
    read: status,
    secret: status,
    rotated: status,
    regenerate: status,
    put: status,
    retire: status,
  });

  describe("rights", () => {
    it("let manage-clients do everything, to every client", async () => {
      const { statuses, target } = await setUp({ roles: ["manage-clients"] });
      expect(await statuses(target)).toEqual({ ...all(200), rotated: 404, put: 204, retire: 204 });
    });

    it("let view-clients read every secret in clear, and change nothing; a retire is even answered 500", async () => {
      const { statuses, target, act } = await setUp({ roles: ["view-clients"] });
      expect(await statuses(target)).toEqual({ ...all(200), rotated: 404, regenerate: 403, put: 403, retire: 500 });
      expect((await act("GET", `/clients/${target.uuid}/client-secret`)).json["value"]).toBe(target.secret);
      const found = await act("GET", `/clients?clientId=${target.clientId}`);
      expect(found.list[0]?.["access"]).toEqual({ view: true, configure: false, manage: false });
      const { status, json } = await act("DELETE", `/clients/${target.uuid}/client-secret/rotated`);
      expect([status, json]).toEqual([500, SERVER_ERROR]);
    });

    it("are needed: a client without any cannot even see itself", async () => {
      const { statuses, caller, act } = await setUp({});
      expect(await statuses(caller)).toEqual({ ...all(403), retire: 500 });
      const { status, json } = await act("POST", `/clients/${caller.uuid}/client-secret`);
      expect([status, json]).toEqual([403, FORBIDDEN]);
    });

    it("let query-clients find nothing, but tell unknown clients from forbidden ones", async () => {
      const { target, act } = await setUp({ roles: ["query-clients"] });
      expect((await act("GET", `/clients?clientId=${target.clientId}`)).text).toBe("[]");
      expect((await act("GET", `/clients/${target.uuid}`)).json).toEqual(FORBIDDEN);
      expect((await act("GET", "/clients/no-such-uuid")).json).toEqual(UNKNOWN);
    });

    it("of a fine-grained kind reach one client alone, whose uuid cannot be found by its client id", async () => {
      const { statuses, caller, target } = await setUp({ permissions: ["view", "manage"] });
      expect(await statuses(caller)).toEqual({ ...all(200), find: 403, rotated: 404, put: 204, retire: 204 });
      expect(await statuses(target)).toEqual({ ...all(403), retire: 500 });
    });

    it("of a fine-grained kind and query-clients together find and change one client alone", async () => {
      const { statuses, caller, target, act } = await setUp({
        roles: ["query-clients"],
        permissions: ["view", "manage"],
      });
      expect(await statuses(caller)).toEqual({ ...all(200), rotated: 404, put: 204, retire: 204 });
      expect((await act("GET", `/clients?clientId=${target.clientId}`)).text).toBe("[]");
      expect(await statuses(target)).toEqual({ ...all(403), find: 200, retire: 500 });
    });

    it("to manage one client do not hold the right to see it", async () => {
      const { statuses, caller, act } = await setUp({ roles: ["query-clients"], permissions: ["manage"] });
      const seen = await statuses(caller);
      expect(seen).toEqual({ find: 200, read: 403, secret: 403, rotated: 403, regenerate: 200, put: 204, retire: 204 });
      expect((await act("GET", `/clients?clientId=${caller.clientId}`)).text).toBe("[]");
    });
  });

  describe("refusals of the admin API", () => {
    it("answer a missing, malformed or wrong bearer with 401, also for a realm that is not there", async () => {
      const { admin, send, target } = await setUp({});
      const answers = [
        await admin("GET", `/clients/${target.uuid}`),
        await admin("POST", `/clients/${target.uuid}/client-secret`, "no-token"),
        await admin("DELETE", `/clients/${target.uuid}/client-secret/rotated`, "no-token"),
        await send("GET", "/admin/realms/no-such-realm/clients"),
        await send("GET", "/admin/serverinfo"),
      ];
      for (const { status, json } of answers) {
        expect([status, json]).toEqual([401, { error: "HTTP 401 Unauthorized" }]);
      }
    });

    it("answer an unknown uuid with 404, or with 403 to a caller who may not list clients", async () => {
      const path = "/clients/no-such-uuid/client-secret";
      const manager = await setUp({ roles: ["manage-clients"] });
      const { status, json } = await manager.act("POST", path);
      expect([status, json]).toEqual([404, UNKNOWN]);
      const stranger = await setUp({});
      expect((await stranger.act("POST", path)).json).toEqual(FORBIDDEN);
    });

    it("answer an unknown realm with 404", async () => {
      const { send, bearer, caller } = await setUp({ roles: ["manage-clients"] });
      const { status, json } = await send("GET", "/admin/realms/no-such-realm/clients", await bearer(caller));
      expect([status, json]).toEqual([404, { error: "Realm not found." }]);
    });

    it("answer another realm's administrator with 403", async () => {
      const { send, bearer, caller } = await setUp({ roles: ["manage-clients"] });
      const { status, json } = await send("GET", "/admin/realms/master/clients", await bearer(caller));
      expect([status, json]).toEqual([403, FORBIDDEN]);
    });

    it("answer a client that has been disabled with 401, also with its older token", async () => {
      const { of, caller, act } = await setUp({ roles: ["manage-clients"] });
      await of(caller).put({ enabled: false });
      expect((await act("GET", `/clients/${caller.uuid}`)).status).toBe(401);
    });
  });

  describe("finding a client", () => {
    it("is by the exact client id, and answers an empty list where there is none", async () => {
      const { act, target } = await setUp({ roles: ["manage-clients"] });
      const { status, list } = await act("GET", `/clients?clientId=${target.clientId}`);
      expect(status).toBe(200);
      expect(list).toHaveLength(1);
      expect(list[0]).toMatchObject({
        id: target.uuid,
        clientId: target.clientId,
        secret: target.secret,
        enabled: true,
        publicClient: false,
        serviceAccountsEnabled: true,
        clientAuthenticatorType: "client-secret",
        access: { view: true, configure: true, manage: true },
      });
      expect((await act("GET", `/clients?clientId=${target.clientId.slice(0, 6)}`)).text).toBe("[]");
      expect((await act("GET", `/clients?clientId=${target.clientId.toUpperCase()}`)).text).toBe("[]");
    });

    it("tells what cannot be rotated: public clients, and those that log in by other means", async () => {
      const { act } = await setUp({ roles: ["manage-clients"] });
      const open = await keycloak().makeClient({ publicClient: true, serviceAccount: false });
      const signed = await keycloak().makeClient({ authenticator: "client-jwt" });
      expect((await act("GET", `/clients/${open.uuid}`)).json["publicClient"]).toBe(true);
      expect((await act("GET", `/clients/${signed.uuid}`)).json["clientAuthenticatorType"]).toBe("client-jwt");
      // A new secret is made for them all the same.
      expect((await act("POST", `/clients/${open.uuid}/client-secret`)).status).toBe(200);
      expect((await act("POST", `/clients/${signed.uuid}/client-secret`)).status).toBe(200);
    });
  });
}
