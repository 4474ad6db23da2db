import { describe, expect, it } from "vitest";
import { REALM, setUpKeycloak } from "./harness.ts";

const POLICY = { policy: { expirationSeconds: 600, rotatedSeconds: 300 } };

describe("the emulated Keycloak's calls", () => {
  it("have the names that faults and records use", async () => {
    const { client, login, bearer, act, path, regenerate, put, send, names } = setUpKeycloak({}, POLICY);
    const token = await bearer();
    await login("wrong");
    await login(client.secret, "token/introspect");
    await act("GET", `/clients?clientId=${client.clientId}`, token);
    await act("GET", path, token);
    await act("GET", `${path}/client-secret`, token);
    await regenerate(token);
    await act("GET", `${path}/client-secret/rotated`, token);
    await act("DELETE", `${path}/client-secret/rotated`, token);
    await put({ secret: "chosen" }, token);
    const registration = `/realms/${REALM}/clients-registrations/openid-connect/${client.clientId}`;
    await send("GET", registration);
    await send("PUT", registration, {});
    await act("GET", "/client-policies/profiles", token);
    await send("GET", "/admin/serverinfo");
    expect(names()).toEqual([
      "token-current",
      "token-pending",
      "token-current",
      "find-client",
      "read-client",
      "read-secret",
      "regenerate",
      "read-rotated",
      "retire",
      "install",
      "read-secret",
      "regenerate",
      "other",
      "other",
    ]);
  });

  it("tell a login with CURRENT in Vault from one with PENDING", async () => {
    const { admin, client, login, bearer, regenerate, names } = setUpKeycloak({}, POLICY);
    const made = await regenerate(await bearer());
    const content = JSON.stringify({ issuer: "keycloak", clientId: client.clientId, clientSecret: made });
    admin.createSecret({ name: "app", content });
    await login(made);
    await login(client.secret);
    expect(names().slice(-2)).toEqual(["token-current", "token-pending"]);
  });

  it("are served under /auth as well", async () => {
    const { client, send, bearer } = setUpKeycloak();
    const headers = { authorization: `Bearer ${await bearer()}` };
    const answer = await send("GET", `/auth/admin/realms/${REALM}/clients/${client.uuid}`, undefined, headers);
    expect([answer.status, answer.json["clientId"]]).toEqual([200, client.clientId]);
    expect((await send("GET", "/auth/admin/serverinfo", undefined, headers)).status).toBe(200);
  });

  it("leave a domain's paths to the identity domain", async () => {
    const { send, emulator } = setUpKeycloak();
    await send("GET", "/admin/v1/Apps/none");
    expect(emulator.requests.at(-1)?.system).toBe("identity");
  });

  it.each([
    ["unauthorized", 401, { error: "unauthorized_client" }],
    ["client-error", 400, { error: "invalid_request" }],
    ["rate-limited", 429, { error: "too_many_requests" }],
    ["server-error-before", 500, { error: "unknown_error" }],
  ] as const)("answer the fault %s at a login in Keycloak's words", async (kind, status, body) => {
    const { emulator, client, login } = setUpKeycloak();
    emulator.faults.add({ call: "token-current", kind });
    const answer = await login(client.secret);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject(body);
  });

  it("answer a fault and a denied call in the admin API in its words", async () => {
    const { emulator, bearer, act, path } = setUpKeycloak({ deny: ["read-client"] });
    const token = await bearer();
    expect((await act("GET", path, token)).json).toEqual({ error: "HTTP 403 Forbidden" });
    emulator.faults.add({ call: "regenerate", kind: "conflict" });
    const answer = await act("POST", `${path}/client-secret`, token);
    expect([answer.status, answer.json]).toEqual([409, { error: "HTTP 409 Conflict" }]);
  });

  it("make their effect although the answer is lost", async () => {
    const { emulator, admin, client, bearer, act, path } = setUpKeycloak({}, POLICY);
    const token = await bearer();
    emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    await expect(act("POST", `${path}/client-secret`, token)).rejects.toThrow();
    const stored = admin.keycloakClient(REALM, client.clientId);
    expect(stored.mints).toBe(1);
    expect(stored.secret).not.toBe(client.secret);
    expect(admin.keycloakLogin(REALM, client.clientId, client.secret)).toBe("accepted");
  });
});

describe("the emulated Keycloak's state", () => {
  it("survives JSON without loss", async () => {
    const { emulator, bearer, regenerate } = setUpKeycloak({ "new-secret-late-ms": 5, "old-secret-dies": 5 });
    await regenerate(await bearer());
    expect(JSON.parse(JSON.stringify(emulator.state))).toEqual(emulator.state);
  });

  it("names what it does not have", () => {
    const { admin } = setUpKeycloak();
    expect(() => admin.realm("none")).toThrow("no realm none");
    expect(() => admin.keycloakClient(REALM, "none")).toThrow("no client none");
  });

  it("expires a primary in its own time: both slots are then rejected", async () => {
    const { admin, client, clock, bearer, regenerate } = setUpKeycloak({}, POLICY);
    const made = await regenerate(await bearer());
    const verdicts = () => [client.secret, made].map((value) => admin.keycloakLogin(REALM, client.clientId, value));
    expect(verdicts()).toEqual(["accepted", "accepted"]);
    await clock.sleep(301_000);
    expect(verdicts()).toEqual(["rejected", "accepted"]);
    await clock.sleep(300_000);
    expect(verdicts()).toEqual(["rejected", "rejected"]);
  });

  it("ends a token with its life, which a realm or a client sets", async () => {
    const { admin, client, clock, login, bearer, act, path } = setUpKeycloak({}, { tokenLifeSeconds: 60 });
    const token = await bearer();
    await clock.sleep(59_999);
    expect((await act("GET", path, token)).status).toBe(200);
    await clock.sleep(1);
    expect((await act("GET", path, token)).status).toBe(401);
    admin.keycloakClient(REALM, client.clientId).attributes["access.token.lifespan"] = "900";
    expect((await login(client.secret)).json["expires_in"]).toBe(900);
  });

  it("answers for a realm that is off with 403, but in the admin API as ever", async () => {
    const { admin, client, login, bearer, act, path } = setUpKeycloak();
    const token = await bearer();
    admin.realm(REALM).enabled = false;
    const { status, json } = await login(client.secret);
    expect([status, json["error"]]).toEqual([403, "access_denied"]);
    expect((await act("GET", path, token)).status).toBe(200);
  });

  it("lets a client of master with a role for a realm work there, and nowhere else", async () => {
    const { admin, client, send } = setUpKeycloak();
    admin.createRealm({ name: "master" });
    admin.createRealm({ name: "elsewhere" });
    const rotator = admin.createKeycloakClient({ realm: "master", rolesIn: { [REALM]: ["manage-clients"] } });
    const form = { grant_type: "client_credentials", client_id: rotator.clientId, client_secret: rotator.secret };
    const path = "/realms/master/protocol/openid-connect/token";
    const { json } = await send("POST", path, new URLSearchParams(form).toString(), {
      "content-type": "application/x-www-form-urlencoded",
    });
    const headers = { authorization: `Bearer ${String(json["access_token"])}` };
    const find = (realm: string) =>
      send("GET", `/admin/realms/${realm}/clients?clientId=${client.clientId}`, undefined, headers);
    expect((await find(REALM)).status).toBe(200);
    expect((await find("elsewhere")).status).toBe(403);
  });
});
