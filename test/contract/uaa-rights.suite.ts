import { describe, expect, it } from "vitest";
import { type UaaUnderTest, uaaCalls } from "./uaa-calls.ts";

/** Who may change a secret, and what a request that cannot be served is told. */
export function describeUaaRights(uaa: () => UaaUnderTest): void {
  const withToken = async (authorities?: readonly string[]) => {
    const client = await uaa().makeClient(authorities === undefined ? {} : { authorities });
    const calls = uaaCalls(uaa());
    return { ...calls, ...client, ownToken: await calls.bearer(client) };
  };
  const ADD = { changeMode: "ADD", secret: "second-1" };

  describe("rights", () => {
    it("lets a client with uaa.admin change any client's secret without oldSecret", async () => {
      const { change, bearer, clientId } = await withToken();
      const token = await bearer(uaa().admin);
      expect((await change(clientId, token, ADD)).status).toBe(200);
      expect((await change(clientId, token, { changeMode: "DELETE" })).status).toBe(200);
    });

    it("refuses another client's secret with 400, although the oldSecret is good", async () => {
      const { change, ownToken, secret } = await withToken();
      const other = await uaa().makeClient({ secret });
      const { status, json } = await change(other.clientId, ownToken, { ...ADD, oldSecret: secret });
      expect(status).toBe(400);
      expect(json["error_description"]).toMatch(/Not permitted to change another client's secret/);
    });

    it.each([["uaa.none"], ["clients.write"]])(
      "refuses a client with %s alone: 403 insufficient_scope",
      async (authority) => {
        const { change, clientId, secret, ownToken } = await withToken([authority]);
        const { status, json } = await change(clientId, ownToken, { ...ADD, oldSecret: secret });
        expect(status).toBe(403);
        expect(json["error"]).toBe("insufficient_scope");
        expect(json["scope"]).toMatch(/clients\.secret/);
      },
    );

    it("answers 401 without a bearer token, and 401 invalid_token to one that is none", async () => {
      const { change, clientId, secret } = await withToken();
      const none = await change(clientId, undefined, { ...ADD, oldSecret: secret });
      expect(none).toMatchObject({ status: 401, json: { error: "unauthorized" } });
      expect(none.headers["www-authenticate"]).toMatch(/^Bearer /);
      const bad = await change(clientId, "no-token", { ...ADD, oldSecret: secret });
      expect(bad).toMatchObject({ status: 401, json: { error: "invalid_token" } });
    });

    it("answers 404 without a body for an unknown client, to an administrator and to another client alike", async () => {
      const { change, ownToken, secret, bearer } = await withToken();
      for (const token of [ownToken, await bearer(uaa().admin)]) {
        const { status, text } = await change("no-such-client", token, { ...ADD, oldSecret: secret });
        expect({ status, text }).toEqual({ status: 404, text: "" });
      }
    });
  });

  describe("requests", () => {
    it("refuses an unknown changeMode, and a body that is no JSON object, with 400 and no error in words", async () => {
      const { change, clientId, bearer } = await withToken();
      const token = await bearer(uaa().admin);
      for (const body of [{ changeMode: "add", secret: "second-1" }, "{", ""]) {
        const { status, json } = await change(clientId, token, body);
        expect(status).toBe(400);
        expect(json).not.toHaveProperty("error_description");
      }
    });

    it("refuses an empty value, a missing one and one of more than 255 characters in words that name no value", async () => {
      const { change, clientId, bearer } = await withToken();
      const token = await bearer(uaa().admin);
      for (const secret of ["", undefined, "a".repeat(256)]) {
        const { status, json } = await change(clientId, token, {
          changeMode: "ADD",
          ...(secret === undefined ? {} : { secret }),
        });
        expect(status).toBe(400);
        expect(json).toMatchObject({
          error: "invalid_client",
          error_description: expect.stringMatching(/^Client Secret /),
        });
      }
    });

    it("shows an administrator a client without its secrets; a change of secret leaves lastModified as it was", async () => {
      const { change, clientId, secret, bearer, readClient } = await withToken();
      const token = await bearer(uaa().admin);
      const before = await readClient(clientId, token);
      expect(before).toMatchObject({ status: 200, json: { client_id: clientId, authorities: ["clients.secret"] } });
      await change(clientId, token, ADD);
      const after = await readClient(clientId, token);
      expect(after.json).toEqual(before.json);
      expect(after.text).not.toContain(secret);
    });

    it("shows a client neither itself (403) nor, to an administrator, one that is not there (404)", async () => {
      const { clientId, ownToken, bearer, readClient } = await withToken();
      expect((await readClient(clientId, ownToken)).status).toBe(403);
      expect((await readClient("no-such-client", await bearer(uaa().admin))).status).toBe(404);
    });
  });
}
