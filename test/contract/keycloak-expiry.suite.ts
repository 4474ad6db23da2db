import { beforeAll, describe, expect, it } from "vitest";
import { type KeycloakUnderTest, keycloakCalls, LONG, slotWith } from "./keycloak-calls.ts";

/** How long a secret lives on after `soon` has been called: long enough for a PUT on a slow machine. */
const SOON = 5;

/** What becomes of secrets that expire. No job of the server acts on it; only a login or an update meets the expiry. */
export function describeKeycloakExpiry(keycloak: () => KeycloakUnderTest): void {
  /** A client with both slots filled whose primary has expired. */
  const expired = async () => {
    const client = await keycloak().makeClient();
    const calls = keycloakCalls(keycloak());
    const own = calls.of(client);
    const primary = await own.regenerate();
    const created = Number((await own.attributes())["creation.time"]);
    await own.put({ attributes: { "client.secret.expiration.time": String(created + SOON) } });
    return { ...calls, ...own, client, primary };
  };
  type Expired = Awaited<ReturnType<typeof expired>>;

  describe("an expired primary", () => {
    // One wait for all of them.
    const clients: Expired[] = [];
    const next = () => {
      const client = clients.pop();
      if (client === undefined) throw new Error("too few clients were made");
      return client;
    };
    beforeAll(async () => {
      await keycloakCalls(keycloak()).rotateBy(LONG);
      for (let made = 0; made < 9; made += 1) clients.push(await expired());
      await keycloak().pass(SOON + 2);
    });

    it("has both slots refused, by 401 like a wrong secret, while both can still be read", async () => {
      const { client, primary, logins, login, introspect, secret, rotated } = next();
      expect(await logins(client.secret, primary)).toEqual([401, 401]);
      expect((await login({ ...client, secret: primary })).json["error"]).toBe("unauthorized_client");
      expect((await introspect({ ...client, secret: primary })).status).toBe(401);
      expect(await secret()).toBe(primary);
      expect((await rotated()).json["value"]).toBe(client.secret);
    });

    it("lives again in the rotated slot once a new secret is made", async () => {
      const { client, primary, regenerate, logins } = next();
      const made = await regenerate();
      expect(await logins(client.secret, primary, made)).toEqual([401, 200, 200]);
    });

    it("is rotated by anybody's whole PUT: a surprise secret is the primary", async () => {
      const { client, primary, read, put, logins, secret, rotated } = next();
      expect((await put((await read()).json)).status).toBe(204);
      const surprise = await secret();
      expect([client.secret, primary]).not.toContain(surprise);
      expect((await rotated()).json["value"]).toBe(primary);
      expect(await logins(client.secret, primary, surprise)).toEqual([401, 200, 200]);
    });

    it("sends a chosen secret to the rotated slot, under a surprise primary", async () => {
      const { client, primary, put, logins, secret, rotated } = next();
      expect((await put({ secret: "chosen", attributes: {} })).status).toBe(204);
      expect((await rotated()).json["value"]).toBe("chosen");
      expect(await logins(client.secret, primary, "chosen", await secret())).toEqual([401, 401, 200, 200]);
    });

    it("makes a PUT without attributes fail with 500 and change nothing", async () => {
      const { primary, put, secret, logins } = next();
      expect((await put({ secret: "chosen" })).status).toBe(500);
      expect(await secret()).toBe(primary);
      expect(await logins(primary, "chosen")).toEqual([401, 401]);
    });

    it("lets a chosen secret in where the same PUT sets a later expiry", async () => {
      const { client, primary, put, logins, secret, attributes } = next();
      const later = String(Number((await attributes())["creation.time"]) + 600);
      const body = { secret: "chosen", attributes: { "client.secret.expiration.time": later } };
      expect((await put(body)).status).toBe(204);
      expect(await secret()).toBe("chosen");
      expect(await logins(client.secret, primary, "chosen")).toEqual([200, 401, 200]);
    });

    it("lives again beside a chosen secret where one PUT has it in the rotated slot and sets the expiry to 0", async () => {
      const { client, primary, put, logins, secret, attributes } = next();
      const created = (await attributes())["creation.time"] ?? "";
      const slot = { ...slotWith(primary, Number(created)), "client.secret.expiration.time": "0" };
      for (let sent = 0; sent < 2; sent += 1) {
        expect((await put({ secret: "chosen", attributes: slot })).status).toBe(204);
        expect(await secret()).toBe("chosen");
        expect(await logins(client.secret, primary, "chosen")).toEqual([401, 200, 200]);
        expect(Number((await attributes())["expiration.time"])).toBeGreaterThan(Number(created) + 600);
      }
    });

    it("gets a fresh expiry where a PUT sets it to 0", async () => {
      const { primary, put, logins, attributes } = next();
      expect((await put({ attributes: { "client.secret.expiration.time": "0" } })).status).toBe(204);
      const { "creation.time": created, "expiration.time": expires } = await attributes();
      expect(Number(expires)).toBeGreaterThan(Number(created) + 600);
      expect(await logins(primary)).toEqual([200]);
    });

    it("no longer expires once no policy applies and the client is updated", async () => {
      const { client, primary, withoutPolicy, put, logins } = next();
      await withoutPolicy();
      expect(await logins(primary)).toEqual([401]);
      expect((await put({ description: "changed" })).status).toBe(204);
      expect(await logins(client.secret, primary)).toEqual([401, 200]);
    });
  });

  it("an expired rotated secret is refused and can still be read", async () => {
    const calls = keycloakCalls(keycloak());
    await calls.rotateBy(LONG);
    const client = await keycloak().makeClient();
    const { regenerate, attributes, put, logins, rotated } = calls.of(client);
    const made = await regenerate();
    const past = String(Number((await attributes())["creation.time"]) - 10);
    await put({ attributes: { "client.secret.rotated.expiration.time": past } });
    expect(await logins(client.secret, made)).toEqual([401, 200]);
    expect((await rotated()).json["value"]).toBe(client.secret);
  });
}
