import { beforeAll, describe, expect, it } from "vitest";
import { type ContractClient, type KeycloakUnderTest, keycloakCalls, NO_SLOT, slotWith } from "./keycloak-calls.ts";

/** New secrets, made by the server and chosen by the caller, where no client policy rotates. */
export function describeKeycloakReplacement(keycloak: () => KeycloakUnderTest): void {
  const setUp = async (options?: ContractClient) => {
    const client = await keycloak().makeClient(options);
    const calls = keycloakCalls(keycloak());
    return { ...calls, ...calls.of(client), client };
  };

  describe("without a policy", () => {
    beforeAll(() => keycloakCalls(keycloak()).withoutPolicy());

    it("a new secret replaces the old one at once, and no slot keeps it", async () => {
      const { client, regenerate, logins, rotated, attributes, secret } = await setUp();
      const made = await regenerate();
      expect(made).toMatch(/^[A-Za-z0-9]{86}$/);
      expect(await logins(client.secret, made)).toEqual([401, 200]);
      expect(await rotated()).toMatchObject(NO_SLOT);
      expect(await attributes()).toEqual({ "creation.time": expect.stringMatching(/^\d{10}$/) });
      expect(await secret()).toBe(made);
    });

    it("a chosen secret replaces the old one at once and leaves the creation time as it is", async () => {
      const { regenerate, put, logins, attributes, read } = await setUp();
      const made = await regenerate();
      const before = await attributes();
      expect((await put({ secret: "chosen" })).status).toBe(204);
      expect(await logins(made, "chosen")).toEqual([401, 200]);
      expect(await attributes()).toEqual(before);
      expect((await read()).json["secret"]).toBe("chosen");
    });

    it("a chosen secret may be installed again", async () => {
      const { put, logins } = await setUp();
      await put({ secret: "chosen" });
      expect((await put({ secret: "chosen" })).status).toBe(204);
      expect(await logins("chosen")).toEqual([200]);
    });

    it("a rotated slot written by hand is dropped", async () => {
      const { client, put, logins, rotated } = await setUp();
      const slot = slotWith(client.secret, Math.floor(Date.now() / 1000));
      expect((await put({ secret: "chosen", attributes: slot })).status).toBe(204);
      expect(await logins(client.secret, "chosen")).toEqual([401, 200]);
      expect((await rotated()).status).toBe(404);
    });

    it("an expiry of 0 is none", async () => {
      const { put, attributes, logins } = await setUp();
      expect((await put({ secret: "chosen", attributes: { "client.secret.expiration.time": "0" } })).status).toBe(204);
      expect(Number((await attributes())["expiration.time"] ?? 0)).toBe(0);
      expect(await logins("chosen")).toEqual([200]);
    });

    it("a token got with the old secret lives on, and may even set the next secret", async () => {
      const { admin, bearer, client, put } = await setUp({ roles: ["manage-clients"] });
      const token = await bearer(client);
      const path = `/clients/${client.uuid}`;
      expect((await admin("POST", `${path}/client-secret`, token)).status).toBe(200);
      expect((await put({ secret: "chosen" })).status).toBe(204);
      expect((await admin("GET", `${path}/client-secret`, token)).json["value"]).toBe("chosen");
    });

    it.each(["text/plain", "application/x-www-form-urlencoded", "application/json"])(
      "a secret is made whatever the body and the content type: %s",
      async (type) => {
        const { admin, bearer, client } = await setUp();
        const token = await bearer(keycloak().administrator);
        const path = `/clients/${client.uuid}/client-secret`;
        expect((await admin("POST", path, token, "{", { "content-type": type })).status).toBe(200);
        expect((await admin("POST", path, token)).status).toBe(200);
      },
    );

    it("members that a PUT leaves out, or sends as null, stay as they are; so do other attributes", async () => {
      const { put, read, client } = await setUp();
      await put({ attributes: { "access.token.lifespan": "1000" } });
      expect((await put({ secret: null, attributes: { more: "x" } })).status).toBe(204);
      expect((await read()).json).toMatchObject({
        secret: client.secret,
        attributes: { "access.token.lifespan": "1000", more: "x" },
        serviceAccountsEnabled: true,
      });
    });

    it("a PUT can rename a client", async () => {
      const { put, read } = await setUp();
      const name = `renamed-${Date.now()}`;
      expect((await put({ clientId: name })).status).toBe(204);
      expect((await read()).json["clientId"]).toBe(name);
    });

    it("whatever a PUT gives as the secret is installed, the mask of a read too", async () => {
      const { put, logins, secret } = await setUp();
      await put({ secret: "**********" });
      expect(await logins("**********")).toEqual([200]);
      await put({ secret: 5 });
      expect(await secret()).toBe("5");
    });

    it("a secret of up to 255 characters is taken, a longer one ends in 500 and changes nothing", async () => {
      const { put, logins } = await setUp();
      const longest = "x".repeat(255);
      expect((await put({ secret: longest })).status).toBe(204);
      expect((await put({ secret: `${longest}x` })).status).toBe(500);
      expect(await logins(longest)).toEqual([200]);
    });

    it("a PUT that is no JSON, of another content type, or with an unknown member is refused", async () => {
      const { admin, bearer, client, put } = await setUp();
      const path = `/clients/${client.uuid}`;
      const token = await bearer(keycloak().administrator);
      const broken = await admin("PUT", path, token, "{");
      expect([broken.status, broken.json]).toEqual([
        400,
        { error: "invalid_request", error_description: "Cannot parse the JSON" },
      ]);
      const form = { "content-type": "application/x-www-form-urlencoded" };
      expect((await admin("PUT", path, token, "secret=x", form)).status).toBe(415);
      const unknown = await put({ secret: "x", zzz: 1 });
      expect(unknown.status).toBe(400);
      expect(unknown.json["error"]).toMatch(
        /^Invalid json representation for ClientRepresentation\. Unrecognized field "zzz"/,
      );
      expect((await admin("PATCH", path, token, { secret: "x" })).status).toBe(405);
    });
  });
}
