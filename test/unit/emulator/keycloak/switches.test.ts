import { describe, expect, it } from "vitest";
import { REALM, setUpKeycloak } from "./harness.ts";

const POLICY = { policy: { expirationSeconds: 600, rotatedSeconds: 300 } };

describe("the emulated Keycloak's switches", () => {
  it("keycloak-rotation=off: profiles that rotate are refused, and nothing rotates", async () => {
    const { client, bearer, login, regenerate, act, path, send } = setUpKeycloak(
      { "keycloak-rotation": "off" },
      {},
      { roles: ["manage-clients", "manage-realm"] },
    );
    const token = await bearer();
    const executor = { executor: "secret-rotation", configuration: { "expiration-period": 600 } };
    const profiles = [{ name: "rotation", executors: [executor] }];
    const refused = await act("PUT", "/client-policies/profiles", token, { profiles });
    expect([refused.status, String(refused.json["errorMessage"])]).toEqual([
      400,
      expect.stringContaining("does not have valid provider"),
    ]);
    const made = await regenerate(token);
    expect([(await login(client.secret)).status, (await login(made)).status]).toEqual([401, 200]);
    expect((await act("GET", `${path}/client-secret/rotated`, token)).status).toBe(404);
    const info = await send("GET", "/admin/serverinfo", undefined, { authorization: `Bearer ${token}` });
    expect(info.json["features"]).toMatchObject([{ name: "CLIENT_SECRET_ROTATION", enabled: false }]);
  });

  it("keycloak-rotation=off under a policy that rotates: good logins, reads and changes end in 500, wrong secrets in 401", async () => {
    const { client, emulator, bearer, login, act, path } = setUpKeycloak({}, POLICY);
    const token = await bearer();
    emulator.switches["keycloak-rotation"] = "off";
    expect((await login(client.secret)).status).toBe(500);
    expect((await login("wrong")).status).toBe(401);
    expect((await login(client.secret, "token/introspect")).status).toBe(500);
    expect((await act("GET", path, token)).status).toBe(500);
    expect((await act("POST", `${path}/client-secret`, token)).status).toBe(500);
    expect((await act("PUT", path, token, { secret: "chosen" })).status).toBe(500);
    expect((await act("GET", `/clients?clientId=${client.clientId}`, token)).status).toBe(200);
    expect((await act("GET", `${path}/client-secret`, token)).json["value"]).toBe(client.secret);
  });

  it("keycloak-secret-length sets the length of what the server makes", async () => {
    const { bearer, regenerate } = setUpKeycloak({ "keycloak-secret-length": 32 });
    expect(await regenerate(await bearer())).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it.each([
    ["clear", [200, "value"], [200, "value"], "value"],
    ["masked", [200, "**********"], [200, "**********"], "**********"],
    ["forbidden", [403, undefined], [403, undefined], undefined],
  ] as const)("keycloak-read-back=%s shows both slots so to every caller", async (value, primary, rotated, member) => {
    const { client, bearer, regenerate, act, path } = setUpKeycloak({ "keycloak-read-back": value }, POLICY);
    const token = await bearer();
    const made = await regenerate(token);
    const shown = (what: unknown, real: string) => (what === "value" ? real : what);
    const one = await act("GET", `${path}/client-secret`, token);
    expect([one.status, one.json["value"]]).toEqual([primary[0], shown(primary[1], made)]);
    const other = await act("GET", `${path}/client-secret/rotated`, token);
    expect([other.status, other.json["value"]]).toEqual([rotated[0], shown(rotated[1], client.secret)]);
    const read = await act("GET", path, token);
    expect([read.status, read.json["secret"]]).toEqual([200, shown(member, made)]);
    const attributes = read.json["attributes"] as Record<string, unknown>;
    expect(attributes["client.secret.rotated"]).toBe(shown(member, client.secret));
  });

  it("keycloak-view-only-secret=masked hides secrets from callers that may not change the client", async () => {
    const { admin, client, bearer, act, path } = setUpKeycloak({ "keycloak-view-only-secret": "masked" });
    const viewer = admin.createKeycloakClient({ realm: REALM, roles: ["view-clients"] });
    const seen = async (token: string) => [
      (await act("GET", `${path}/client-secret`, token)).json["value"],
      (await act("GET", path, token)).json["secret"],
    ];
    expect(await seen(await bearer(viewer.secret, viewer.clientId))).toEqual(["**********", "**********"]);
    expect(await seen(await bearer())).toEqual([client.secret, client.secret]);
  });

  it.each([
    ["fails", 500, {}],
    ["rotates", 204, { "client.secret.expiration.time": expect.any(String) }],
  ] as const)("keycloak-partial-put=%s where a policy has come since", async (value, status, attributes) => {
    const { admin, client, bearer, put } = setUpKeycloak({ "keycloak-partial-put": value }, POLICY);
    const stored = admin.keycloakClient(REALM, client.clientId);
    stored.attributes = {};
    const token = await bearer();
    expect((await put({ secret: "chosen" }, token)).status).toBe(status);
    expect(stored.attributes).toEqual(attributes);
    expect(stored.secret).toBe(status === 204 ? "chosen" : client.secret);
  });

  it.each([
    ["500", 500],
    ["403", 403],
  ] as const)("keycloak-retire-forbidden=%s", async (value, status) => {
    const switches = { "keycloak-retire-forbidden": value };
    const { bearer, act, path } = setUpKeycloak(switches, {}, { roles: ["view-clients"] });
    expect((await act("DELETE", `${path}/client-secret/rotated`, await bearer())).status).toBe(status);
  });

  it.each([
    ["any", 200],
    ["json", 415],
  ] as const)("keycloak-regenerate-content=%s", async (value, status) => {
    const { bearer, send, path } = setUpKeycloak({ "keycloak-regenerate-content": value });
    const headers = { authorization: `Bearer ${await bearer()}` };
    const answer = await send("POST", `/admin/realms/${REALM}${path}/client-secret`, undefined, headers);
    expect(answer.status).toBe(status);
  });

  it("keycloak-https=yes refuses every login with 403", async () => {
    const { client, login } = setUpKeycloak({ "keycloak-https": "yes" });
    const { status, json } = await login(client.secret);
    expect([status, json["error_description"]]).toEqual([403, "HTTPS required"]);
  });

  it.each([
    ["live", 200],
    ["die", 401],
  ] as const)("old-tokens=%s: tokens of a secret that is no longer the primary", async (value, status) => {
    const { bearer, regenerate, act, path } = setUpKeycloak({ "old-tokens": value }, POLICY);
    const token = await bearer();
    await regenerate(token);
    expect((await act("GET", path, token)).status).toBe(status);
  });

  it("new-secret-late-ms and -refusals have stale nodes refuse a new primary, and not the rotated one", async () => {
    const switches = { "new-secret-late-ms": 1000, "new-secret-late-refusals": 1 };
    const { admin, client, clock, bearer, regenerate, login } = setUpKeycloak(switches, POLICY);
    const made = await regenerate(await bearer());
    expect(admin.keycloakLogin(REALM, client.clientId, made)).toBe("accepted");
    expect([(await login(made)).status, (await login(client.secret)).status]).toEqual([401, 200]);
    await clock.sleep(1000);
    expect([(await login(made)).status, (await login(made)).status]).toEqual([401, 200]);
  });

  it("old-secret-dies has stale nodes accept for a while what has lost its slot", async () => {
    const { client, clock, bearer, put, login } = setUpKeycloak({ "old-secret-dies": 5000 });
    await put({ secret: "chosen" }, await bearer());
    await clock.sleep(4999);
    expect([(await login(client.secret)).status, (await login("chosen")).status]).toEqual([200, 200]);
    await clock.sleep(1);
    expect((await login(client.secret)).status).toBe(401);
  });
});
