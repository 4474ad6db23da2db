import { beforeAll, describe, expect, it } from "vitest";
import {
  type ContractClient,
  type KeycloakUnderTest,
  keycloakCalls,
  LONG,
  NO_SLOT,
  slotWith,
} from "./keycloak-calls.ts";

/** New secrets, made by the server and chosen by the caller, where a client policy rotates. */
export function describeKeycloakRotation(keycloak: () => KeycloakUnderTest): void {
  const setUp = async (options?: ContractClient) => {
    const client = await keycloak().makeClient(options);
    const calls = keycloakCalls(keycloak());
    return { ...calls, ...calls.of(client), client };
  };

  describe("with a policy", () => {
    beforeAll(() => keycloakCalls(keycloak()).rotateBy(LONG));

    it("a new client's secret gets an expiry, and no creation time", async () => {
      const { attributes } = await setUp();
      expect(Object.keys(await attributes())).toEqual(["expiration.time"]);
    });

    it("a new secret moves the old one to the rotated slot; both log in", async () => {
      const { client, regenerate, logins, rotated, attributes, secret } = await setUp();
      const made = await regenerate();
      expect(await logins(client.secret, made)).toEqual([200, 200]);
      expect(await secret()).toBe(made);
      expect((await rotated()).json).toEqual({ type: "secret", value: client.secret });
      const { "creation.time": created = "", ...more } = await attributes();
      expect(more).toEqual({
        "expiration.time": String(Number(created) + 600),
        rotated: client.secret,
        "rotated.creation.time": created,
        "rotated.expiration.time": String(Number(created) + 400),
      });
    });

    it("a second new secret evicts the oldest, be it the deployed one", async () => {
      const { client, regenerate, logins } = await setUp();
      const [first, second] = [await regenerate(), await regenerate()];
      expect(await logins(client.secret, first, second)).toEqual([401, 200, 200]);
    });

    it("retiring empties the rotated slot, and may be repeated", async () => {
      const { client, regenerate, retire, logins, rotated, attributes } = await setUp();
      const made = await regenerate();
      expect([(await retire()).status, (await retire()).status]).toEqual([204, 204]);
      expect(await logins(client.secret, made)).toEqual([401, 200]);
      expect(await rotated()).toMatchObject(NO_SLOT);
      expect(Object.keys(await attributes()).sort()).toEqual(["creation.time", "expiration.time"]);
    });

    it("a chosen secret takes the primary's place alone: the rotated slot and all times stay", async () => {
      const { client, regenerate, put, logins, attributes } = await setUp();
      const made = await regenerate();
      const before = await attributes();
      expect((await put({ secret: "chosen" })).status).toBe(204);
      expect(await logins(client.secret, made, "chosen")).toEqual([200, 401, 200]);
      expect(await attributes()).toEqual(before);
    });

    it("a PUT of the whole client as read changes no secret and no slot", async () => {
      const { client, regenerate, put, read, logins, attributes } = await setUp();
      const made = await regenerate();
      const before = await attributes();
      expect((await put((await read()).json)).status).toBe(204);
      expect(await logins(client.secret, made)).toEqual([200, 200]);
      expect(await attributes()).toEqual(before);
    });

    it("one PUT with the secret and the rotated slot rotates to a chosen value with an overlap", async () => {
      const { client, put, logins, attributes, rotated } = await setUp();
      const now = Number((await attributes())["expiration.time"]) - 600;
      const slot = slotWith(client.secret, now);
      expect((await put({ secret: "chosen", attributes: slot })).status).toBe(204);
      expect(await logins(client.secret, "chosen")).toEqual([200, 200]);
      expect((await rotated()).json["value"]).toBe(client.secret);
      expect((await put({ secret: "chosen", attributes: slot })).status).toBe(204);
      expect(await logins(client.secret, "chosen")).toEqual([200, 200]);
    });

    it("a PUT that sets the expiry to 0 has the policy count its own period from now, however old the secret is", async () => {
      const { put, attributes } = await setUp();
      const now = Number((await attributes())["expiration.time"]) - 600;
      const old = String(now - 1_000_000);
      await put({
        attributes: { "client.secret.creation.time": old, "client.secret.expiration.time": String(now + 50) },
      });
      expect((await attributes())["expiration.time"]).toBe(String(now + 50));
      await put({ secret: "chosen", attributes: { "client.secret.expiration.time": "0" } });
      const counted = Number((await attributes())["expiration.time"]) - now;
      expect(counted).toBeGreaterThanOrEqual(600);
      expect(counted).toBeLessThan(1_000);
    });

    it("an introspection takes both slots", async () => {
      const { client, regenerate, introspect } = await setUp();
      const made = await regenerate();
      for (const secret of [client.secret, made]) {
        expect((await introspect({ ...client, secret })).status).toBe(200);
      }
    });

    it("clients to which no condition applies are not rotated, by role or its negation", async () => {
      const { rotateBy } = keycloakCalls(keycloak());
      const byRole = (more: object) => [{ condition: "client-roles", configuration: { roles: ["dms"], ...more } }];
      for (const [negative, expected] of [
        [false, [200, 404]],
        [true, [404, 200]],
      ] as const) {
        await rotateBy(LONG, byRole({ "is-negative-logic": negative }));
        const [owner, other] = [await setUp({ ownRoles: ["dms"] }), await setUp()];
        await owner.regenerate();
        await other.regenerate();
        expect([(await owner.rotated()).status, (await other.rotated()).status]).toEqual(expected);
      }
    });

    it("a policy without overlap empties the slot", async () => {
      const { rotateBy, client, regenerate, logins, rotated } = await setUp();
      await rotateBy({ ...LONG, rotated: 0 });
      const made = await regenerate();
      expect(await logins(client.secret, made)).toEqual([401, 200]);
      expect((await rotated()).status).toBe(404);
    });
  });

  describe("when a policy comes or goes", () => {
    it("a login stamps no expiry, and a whole PUT does", async () => {
      const { withoutPolicy, rotateBy } = keycloakCalls(keycloak());
      await withoutPolicy();
      const { client, login, read, put, attributes, logins } = await setUp();
      await rotateBy(LONG);
      expect((await login(client)).status).toBe(200);
      expect(await attributes()).toEqual({});
      // 26.7 stumbles over a PUT that has no attributes to which it could add the expiry.
      expect((await put({ secret: "chosen" })).status).toBe(500);
      expect(await logins(client.secret, "chosen")).toEqual([200, 401]);
      expect((await put((await read()).json)).status).toBe(204);
      expect(Object.keys(await attributes())).toEqual(["expiration.time"]);
    });

    it("both slots outlive the policy until the next PUT, which drops the rotated one and every expiry", async () => {
      const { withoutPolicy, rotateBy } = keycloakCalls(keycloak());
      await rotateBy(LONG);
      const { client, regenerate, logins, put, attributes, rotated } = await setUp();
      const made = await regenerate();
      await withoutPolicy();
      expect(await logins(client.secret, made)).toEqual([200, 200]);
      expect((await rotated()).status).toBe(200);
      expect((await put({ description: "changed" })).status).toBe(204);
      expect(await logins(client.secret, made)).toEqual([401, 200]);
      expect(Object.keys(await attributes())).toEqual(["creation.time"]);
    });

    it("a new secret without a policy drops both slots and every expiry", async () => {
      const { withoutPolicy, rotateBy } = keycloakCalls(keycloak());
      await rotateBy(LONG);
      const { client, regenerate, logins, attributes } = await setUp();
      const first = await regenerate();
      await withoutPolicy();
      const second = await regenerate();
      expect(await logins(client.secret, first, second)).toEqual([401, 401, 200]);
      expect(Object.keys(await attributes())).toEqual(["creation.time"]);
    });
  });
}
