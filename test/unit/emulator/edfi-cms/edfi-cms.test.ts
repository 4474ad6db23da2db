import { describe, expect, it } from "vitest";
import { setUpCms } from "./harness.ts";

const PROBLEM = { "content-type": "application/problem+json" };
const type = (name: string) => `urn:ed-fi:api:${name}`;

describe("the token endpoint of the Ed-Fi CMS", () => {
  it("takes key and secret from the form or, percent-decoded, from a Basic header", async () => {
    const { form, token, client, basic } = setUpCms();
    expect(await token(client.key, client.secret)).toMatchObject({
      status: 200,
      json: { access_token: expect.any(String), token_type: "Bearer", expires_in: 1800 },
    });
    const grant = { grant_type: "client_credentials" };
    expect((await form(grant, { authorization: basic(client.key, client.secret) })).status).toBe(200);
  });

  it("decodes what Basic carries as .NET does, so a plus sign and a lone percent sign stay", async () => {
    const { admin, form, basic } = setUpCms();
    const client = admin.createApiClient({ secret: "100%+zz%41" });
    const grant = { grant_type: "client_credentials" };
    expect((await form(grant, { authorization: basic(client.key, client.secret) })).status).toBe(200);
    const raw = `Basic ${Buffer.from(`${client.key}:${client.secret}`).toString("base64")}`;
    expect((await form(grant, { authorization: raw })).status).toBe(401);
    const plain = `Basic ${Buffer.from(`${client.key}:100%+zz%2541`).toString("base64")}`;
    expect((await form(grant, { authorization: plain })).status).toBe(200);
  });

  it.each(["keycloak", "keycloak-with-policy"] as const)("does not look at Basic before %s", async (backend) => {
    const { form, client, basic } = setUpCms({ "edfi-backend": backend });
    const answer = await form(
      { grant_type: "client_credentials" },
      { authorization: basic(client.key, client.secret) },
    );
    expect(answer).toMatchObject({
      status: 400,
      headers: PROBLEM,
      json: {
        type: type("bad-request:data-validation-failed"),
        validationErrors: { client_id: [expect.any(String)], client_secret: [expect.any(String)] },
      },
    });
  });

  it("tells a wrong secret from a client that is unknown, not approved or lost", async () => {
    const { admin, token, client } = setUpCms();
    const refused = (error: string) => ({
      status: 401,
      headers: PROBLEM,
      json: {
        type: type("security:authentication"),
        status: 401,
        errors: [`${error}. Invalid client or Invalid client credentials`],
      },
    });
    expect(await token(client.key, "wrong")).toMatchObject(refused("unauthorized_client"));
    expect(await token("nobody", client.secret)).toMatchObject(refused("invalid_client"));
    admin.apiClient(client.key).approved = false;
    expect(await token(client.key, "wrong")).toMatchObject(refused("unauthorized_client"));
    expect(await token(client.key, client.secret)).toMatchObject(refused("invalid_client"));
    admin.apiClient(client.key).approved = true;
    admin.apiClient(client.key).inProvider = false;
    expect(await token(client.key, client.secret)).toMatchObject(refused("invalid_client"));
  });

  it("answers a missing member, another grant or another method with a 4xx that says nothing about the secret", async () => {
    const { form, client, send } = setUpCms();
    const { key: client_id, secret: client_secret } = client;
    expect((await form({ client_id, client_secret })).json["validationErrors"]).toHaveProperty("grant_type");
    expect((await form({ client_id, client_secret, grant_type: "password" })).json).toMatchObject({
      type: type("bad-request"),
      detail: "The specified grant type is not supported.",
    });
    expect((await send("GET", "/connect/token")).status).toBe(405);
  });

  it("falls back to the client's own scopes where it knows none of those asked for; Keycloak refuses, which is a 502", async () => {
    const { emulator, token, client } = setUpCms();
    expect((await token(client.key, client.secret, "edfi_admin_api/full_access")).json["scope"]).toBe("SIS-Vendor");
    emulator.switches["edfi-backend"] = "keycloak";
    expect(await token(client.key, client.secret, "edfi_admin_api/full_access")).toMatchObject({
      status: 502,
      json: { type: type("bad-gateway"), errors: ["invalid_scope. Invalid scopes: edfi_admin_api/full_access"] },
    });
    expect((await token(client.key, client.secret)).status).toBe(200);
  });

  it("answers 429 beyond the live tokens of one api client, after it has checked the secret", async () => {
    const { token, client, clock, cmsAdmin } = setUpCms({ "edfi-tokens-per-client": 1 });
    expect((await token(client.key, client.secret)).status).toBe(200);
    expect(await token(client.key, client.secret)).toMatchObject({
      status: 429,
      headers: PROBLEM,
      json: { type: type("security:authentication:too-many-tokens"), title: "Too Many Tokens" },
    });
    expect((await token(client.key, "wrong")).status).toBe(401);
    await token(cmsAdmin.key, cmsAdmin.secret);
    expect((await token(cmsAdmin.key, cmsAdmin.secret)).status).toBe(200);
    await clock.sleep(1_800_000);
    expect((await token(client.key, client.secret)).status).toBe(200);
  });
});

describe("a reset of the Ed-Fi CMS", () => {
  it.each(["v2", "v3"])("makes a new secret at /%s, ends the old one at once, and counts", async (version) => {
    const { reset, client, login, admin } = setUpCms();
    const answer = await reset(version);
    expect(answer.status).toBe(200);
    const { apiClientId: id, applicationId, key, secret } = client;
    expect(answer.json).toEqual({ id, applicationId, name: expect.any(String), key, secret: expect.any(String) });
    expect(login(String(answer.json["secret"]))).toBe("accepted");
    expect(login(secret)).toBe("rejected");
    expect(admin.apiClient(key).resets).toBe(1);
    expect((await reset(version)).json["secret"]).not.toBe(answer.json["secret"]);
    expect(admin.apiClient(key).resets).toBe(2);
  });

  it("needs a live token of a client with role cms-client and full access", async () => {
    const { send, client, bearer, clock } = setUpCms();
    const path = `/v3/apiClients/${client.apiClientId}/reset-credential`;
    const anonymous = { status: 401, headers: PROBLEM, json: { type: type("security:authentication") } };
    expect(await send("PUT", path, {})).toMatchObject(anonymous);
    expect(await send("PUT", path, {}, await bearer(client))).toMatchObject({
      status: 403,
      headers: PROBLEM,
      json: { type: type("security:authorization") },
    });
    const admin = await bearer();
    expect((await send("PUT", path, undefined, admin)).status).toBe(200);
    await clock.sleep(1_800_000);
    expect(await send("PUT", path, {}, admin)).toMatchObject(anonymous);
  });

  it("names what it does not find, and takes nothing but a whole number as id", async () => {
    const { put } = setUpCms({ "edfi-reset-endpoints": "both" });
    const missing = (detail: string) => ({ status: 404, headers: PROBLEM, json: { type: type("not-found"), detail } });
    expect(await put("/v3/apiClients/99/reset-credential")).toMatchObject(missing("ApiClient not found"));
    expect(await put("/v3/applications/99/reset-credential")).toMatchObject(missing("Application not found"));
    expect((await put("/v3/apiClients/abc/reset-credential")).status).toBe(400);
    expect((await put("/v3/apiClients/2147483648/reset-credential")).status).toBe(400);
  });

  it("by application is an empty 404 until it is switched on; then it resets the first client alone", async () => {
    const { put, client, emulator, admin, login } = setUpCms();
    const second = admin.createApiClient({ applicationId: client.applicationId });
    const path = `/v3/applications/${client.applicationId}/reset-credential`;
    expect(await put(path)).toMatchObject({ status: 404, body: "" });
    emulator.switches["edfi-unmapped"] = "problem";
    expect((await put(path)).json["detail"]).toBe("The requested resource could not be found.");
    emulator.switches["edfi-reset-endpoints"] = "both";
    const answer = await put(path);
    expect(answer.json).toEqual({ id: client.applicationId, key: client.key, secret: expect.any(String) });
    expect(login(String(answer.json["secret"]))).toBe("accepted");
    expect(admin.apiClient(second.key).resets).toBe(0);
  });

  it("is an empty 404 at a version that the release does not serve, and 405 by another method", async () => {
    const { reset, get, client, emulator } = setUpCms({ "edfi-api-version": "v2" });
    expect(await reset("v3")).toMatchObject({ status: 404, body: "" });
    expect((await reset("v2")).status).toBe(200);
    emulator.switches["edfi-api-version"] = "v3";
    expect((await reset("v2")).status).toBe(404);
    expect((await reset("V3")).status).toBe(200);
    expect((await reset("v4")).status).toBe(404);
    const answer = await get(`/v3/apiClients/${client.apiClientId}/reset-credential`, "POST");
    expect(answer).toMatchObject({ status: 405, headers: { allow: "PUT" } });
  });

  it("wants a known tenant under multi-tenancy, and finds nothing of another's", async () => {
    const { put, client, admin, token } = setUpCms({ "edfi-tenancy": "multi" }, "north");
    admin.createApiClient({ tenant: "south" });
    const path = `/v3/apiClients/${client.apiClientId}/reset-credential`;
    const message = "The 'Tenant' header is required when multi-tenancy is enabled";
    expect(await put(path)).toMatchObject({ status: 400, json: { error: "Bad Request", message } });
    expect((await put(path, { tenant: "e<a>st" })).json["message"]).toBe("Invalid tenant: east");
    expect((await put(path, { tenant: "south" })).json["detail"]).toBe("ApiClient not found");
    expect((await put(path, { tenant: "north" })).status).toBe(200);
    expect((await token(client.key, "wrong")).status).toBe(401);
  });

  it("answers 409 while another reset holds the application, and changes nothing", async () => {
    const { reset, client, clock, admin } = setUpCms({ "edfi-lock-ms": 5000 });
    await reset();
    expect(await reset()).toMatchObject({ status: 409, headers: PROBLEM, json: { type: type("conflict") } });
    expect(admin.apiClient(client.key).resets).toBe(1);
    await clock.sleep(5000);
    expect((await reset()).status).toBe(200);
  });

  it("may answer 502 before its effect or after", async () => {
    const { reset, client, emulator, login } = setUpCms({ "edfi-reset-502": "before" });
    expect(await reset()).toMatchObject({
      status: 502,
      headers: PROBLEM,
      json: { type: type("bad-gateway"), errors: ["Identity provider error during credential reset"] },
    });
    expect(login(client.secret)).toBe("accepted");
    emulator.switches["edfi-reset-502"] = "after";
    expect((await reset()).status).toBe(502);
    expect(login(client.secret)).toBe("rejected");
  });

  it("answers 500, or in one release 404, for a client that the identity provider has lost", async () => {
    const { reset, client, emulator, admin } = setUpCms();
    admin.apiClient(client.key).inProvider = false;
    const failure = { type: type("internal-server-error"), detail: "" };
    expect(await reset()).toMatchObject({ status: 500, headers: PROBLEM, json: failure });
    emulator.switches["edfi-lost-client"] = "404";
    expect((await reset()).status).toBe(404);
    expect(admin.apiClient(client.key).resets).toBe(0);
  });

  it("may be refused by every node for a while, and once more by a stale one", async () => {
    const { reset, token, client, clock } = setUpCms({ "new-secret-late-ms": 1000, "new-secret-late-refusals": 1 });
    const secret = String((await reset()).json["secret"]);
    const login = async () => (await token(client.key, secret)).status;
    expect(await login()).toBe(401);
    await clock.sleep(1000);
    expect([await login(), await login()]).toEqual([401, 200]);
  });
});

describe("faults at the Ed-Fi CMS", () => {
  it.each([
    ["client-error", 400, "bad-request"],
    ["unauthorized", 401, "security:authentication"],
    ["conflict", 409, "conflict"],
    ["precondition-failed", 412, "optimistic-lock-failed"],
    ["rate-limited", 429, "too-many-requests"],
    ["server-error-before", 500, "internal-server-error"],
  ] as const)("the fault %s speaks its problem+json and changes nothing", async (kind, status, name) => {
    const { emulator, reset, login, client } = setUpCms();
    emulator.faults.add({ call: "regenerate", kind });
    expect(await reset()).toMatchObject({ status, headers: PROBLEM, json: { type: type(name), status } });
    expect(login(client.secret)).toBe("accepted");
  });

  it("a 500 may come after the reset took effect", async () => {
    const { emulator, reset, login, client } = setUpCms();
    emulator.faults.add({ call: "regenerate", kind: "server-error-after" });
    expect(await reset()).toMatchObject({ status: 500, json: { type: type("internal-server-error") } });
    expect(login(client.secret)).toBe("rejected");
  });

  it("the switch deny forbids a reset in its words", async () => {
    const { reset } = setUpCms({ deny: ["regenerate"] });
    expect(await reset()).toMatchObject({ status: 403, json: { type: type("security:authorization") } });
  });
});

describe("calls of the Ed-Fi CMS", () => {
  it("have the names that the product gives them", async () => {
    const { emulator, reset, get, token, client, basic, form } = setUpCms();
    const content = JSON.stringify({ issuer: "edfi-cms", clientId: client.key, clientSecret: client.secret });
    emulator.admin.createSecret({ name: "cms", content });
    await token(client.key, client.secret);
    await form({ grant_type: "client_credentials" }, { authorization: basic(client.key, client.secret) });
    await form({ grant_type: "client_credentials" }, { authorization: basic(client.key, "other") });
    await reset();
    await get(`/v3/apiClients/${client.key}`);
    await get("/v3/vendors");
    const admin = "token-current";
    expect(emulator.requests.map(({ system, call }) => [system, call])).toEqual(
      [
        "token-current",
        "token-current",
        "token-pending",
        admin,
        "regenerate",
        admin,
        "read-client",
        admin,
        "other",
      ].map((call) => ["edfi-cms", call]),
    );
  });

  it("show an api client by its key or, in later releases, its id, and never its secret", async () => {
    const { emulator, get, client } = setUpCms();
    const byKey = await get(`/v3/apiClients/${client.key}`);
    expect(byKey).toMatchObject({ status: 200, json: { id: client.apiClientId, clientId: client.key } });
    expect(byKey.body).not.toContain(client.secret);
    expect((await get(`/v3/apiClients/${client.apiClientId}`)).body).toBe(byKey.body);
    emulator.switches["edfi-release"] = "v0.7";
    expect((await get(`/v2/apiClients/${client.apiClientId}`)).json["detail"]).toBe("ApiClient not found");
    expect((await get(`/v2/apiClients/${client.key}`)).status).toBe(200);
  });
});
