import { describe, expect, it } from "vitest";
import { type UaaUnderTest, uaaCalls } from "./uaa-calls.ts";

/** A zone is found by its host. The header X-Identity-Zone-Id switches to one, but only for clients of the default zone that administer it. */
export function describeUaaZones(uaa: () => UaaUnderTest): void {
  const setUp = async () => {
    const zone = await uaa().makeZone();
    const client = await uaa().makeClient({ zoneId: zone.zoneId, secret: "Value-0001" });
    return { zone, client, there: uaaCalls(uaa(), zone), here: uaaCalls(uaa()) };
  };
  const ADD = { changeMode: "ADD", secret: "Value-0002" };

  describe("zones", () => {
    it("keeps a zone's clients to the zone's host", async () => {
      const { client, there, here } = await setUp();
      expect((await there.login(client)).status).toBe(200);
      expect((await there.clientInfo(client)).status).toBe(200);
      expect((await here.login(client)).status).toBe(401);
    });

    it("lets a zone's client rotate its own secret at the zone's host, without the zone header", async () => {
      const { client, there } = await setUp();
      const token = await there.bearer(client);
      const oldSecret = client.secret;
      expect((await there.change(client.clientId, token, { ...ADD, oldSecret })).status).toBe(200);
      expect((await there.change(client.clientId, token, { changeMode: "DELETE", oldSecret })).status).toBe(200);
      expect((await there.login(client)).status).toBe(401);
      expect((await there.login({ ...client, secret: ADD.secret })).status).toBe(200);
    });

    it("refuses the zone header from a client that only changes its own secret: 403, at the zone's host and at the default one", async () => {
      const { zone, client, there, here } = await setUp();
      const own = await uaa().makeClient();
      const header = (id: string) => ({ "x-identity-zone-id": id });
      const change = { ...ADD, oldSecret: client.secret };
      const inside = await there.change(client.clientId, await there.bearer(client), change, header(zone.zoneId));
      expect(inside.status).toBe(403);
      const token = await here.bearer(own);
      const atDefault = await here.change(own.clientId, token, { ...ADD, oldSecret: own.secret }, header("uaa"));
      expect(atDefault.status).toBe(403);
      const intoZone = await here.change(client.clientId, token, change, header(zone.zoneId));
      expect(intoZone.status).toBe(403);
    });

    it("refuses the zone header at the zone's host to the zone's own clients.admin, who may without it", async () => {
      const { zone, client, there } = await setUp();
      const warden = { zoneId: zone.zoneId, secret: "Value-0003", authorities: ["clients.admin"] };
      const token = await there.bearer(await uaa().makeClient(warden));
      const header = { "x-identity-zone-id": zone.zoneId };
      expect((await there.change(client.clientId, token, ADD, header)).status).toBe(403);
      expect((await there.change(client.clientId, token, ADD)).status).toBe(200);
    });

    it("takes the zone header from uaa.admin and from the zone's administrator", async () => {
      const { zone, client, here } = await setUp();
      const header = { "x-identity-zone-id": zone.zoneId };
      const added = await here.change(client.clientId, await here.bearer(uaa().admin), ADD, header);
      expect(added.status).toBe(200);
      const warden = await uaa().makeClient({ authorities: [`zones.${zone.zoneId}.admin`] });
      const token = await here.bearer(warden);
      expect((await here.change(client.clientId, token, { changeMode: "DELETE" }, header)).status).toBe(200);
    });

    it("answers an unknown zone with 404, to a change by an administrator and to a good login", async () => {
      const { client, here } = await setUp();
      const header = { "x-identity-zone-id": "no-such-zone" };
      const token = await here.bearer(uaa().admin);
      expect((await here.change(client.clientId, token, ADD, header)).status).toBe(404);
      const own = await uaa().makeClient();
      const form = { client_id: own.clientId, client_secret: own.secret };
      expect((await here.token(form, header)).status).toBe(404);
    });

    it("judges a login by the zone of the host, whatever the zone header says", async () => {
      const { zone, client, here } = await setUp();
      const form = { client_id: client.clientId, client_secret: client.secret };
      const { status, json } = await here.token(form, { "x-identity-zone-id": zone.zoneId });
      expect(status).toBe(401);
      expect(json["error_description"]).toBe("Bad credentials");
    });

    it("gives no token to a login with the zone header", async () => {
      const { zone, client, there } = await setUp();
      const form = { client_id: client.clientId, client_secret: client.secret };
      const { status, json } = await there.token(form, { "x-identity-zone-id": zone.zoneId });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(json).not.toHaveProperty("error", "invalid_client");
      expect(json).not.toHaveProperty("access_token");
    });

    it("refuses a value against the zone's policy with every reason, in order", async () => {
      const { zone, client, here } = await setUp();
      const token = await here.bearer(uaa().admin);
      const change = { changeMode: "ADD", secret: "a" };
      const { status, json } = await here.change(client.clientId, token, change, { "x-identity-zone-id": zone.zoneId });
      expect(status).toBe(400);
      expect(json).toEqual({
        error: "invalid_client",
        error_description: [
          "Client Secret must be at least 7 characters in length.",
          "Client Secret must contain at least 1 digit characters.",
          "Client Secret must contain at least 1 uppercase characters.",
        ].join(" "),
      });
    });
  });
}
