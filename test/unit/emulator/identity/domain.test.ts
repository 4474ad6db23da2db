import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const NOT_ANY = "idcscs-wrong";

describe("the token endpoint", () => {
  it("answers a good secret with a bearer token for an hour", async () => {
    const { token, app } = setUp();
    const answer = await token(app.secret);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ access_token: expect.any(String), token_type: "Bearer", expires_in: 3600 });
  });

  it("answers a wrong secret and an unknown client with 401 invalid_client", async () => {
    const { token, app } = setUp();
    expect(await token(NOT_ANY)).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect((await token(app.secret, undefined, "nobody")).status).toBe(401);
  });

  it("gives a longer life through the expiry scope, up to the most that the domain grants", async () => {
    const { token, app, emulator } = setUp();
    const scope = "urn:opc:idm:__myscopes__ urn:opc:resource:expiry=7200";
    expect((await token(app.secret, scope)).json["expires_in"]).toBe(7200);
    emulator.switches["token-life-max-seconds"] = 5000;
    expect((await token(app.secret, scope)).json["expires_in"]).toBe(5000);
  });

  it("tells configuration from a refused secret: another scope, grant or media type is a 400", async () => {
    const { token, app, send, base64, emulator } = setUp();
    expect(await token(app.secret, "other")).toMatchObject({ status: 400, json: { error: "invalid_scope" } });
    const authorization = `Basic ${base64(`${app.clientId}:${app.secret}`)}`;
    const form = { authorization, "content-type": "application/x-www-form-urlencoded" };
    expect((await send("POST", "/oauth2/v1/token", "grant_type=password", form)).json["error"]).toBe(
      "unsupported_grant_type",
    );
    expect((await send("POST", "/oauth2/v1/token", "{}", { authorization })).status).toBe(400);
    emulator.admin.app(app.clientId).clientCredentials = false;
    expect((await token(app.secret)).json["error"]).toBe("unauthorized_client");
  });

  it("refuses an application that is not activated", async () => {
    const { token, app, emulator } = setUp();
    emulator.admin.app(app.clientId).active = false;
    expect((await token(app.secret)).status).toBe(401);
  });

  it("answers 429 beyond the limit a minute, with a Retry-After if the switch sets one", async () => {
    const { token, app, clock, emulator } = setUp({ switches: { "token-limit-per-minute": 2 } });
    await token(app.secret);
    await token(app.secret);
    const plain = await token(app.secret);
    expect(plain.status).toBe(429);
    expect(plain.headers["retry-after"]).toBeUndefined();
    emulator.switches["retry-after-seconds"] = 90;
    expect((await token(app.secret)).headers["retry-after"]).toBe("90");
    await clock.sleep(60_000);
    expect((await token(app.secret)).status).toBe(200);
  });

  it("has the limits of a Free domain if asked: ten token requests a second, 150 a minute", async () => {
    const { token, app, clock } = setUp({ switches: { "domain-limits": "free" } });
    const tenAndOne = async () => {
      const statuses: number[] = [];
      for (let count = 0; count < 11; count += 1) statuses.push((await token(app.secret)).status);
      return statuses;
    };
    expect(await tenAndOne()).toEqual([...Array(10).fill(200), 429]);
    await clock.sleep(1_000);
    expect((await token(app.secret)).status).toBe(200);
    let accepted = 11;
    for (let second = 0; second < 40 && (await token(app.secret)).status === 200; second += 1) {
      accepted += 1;
      for (let count = 0; count < 3; count += 1) if ((await token(app.secret)).status === 200) accepted += 1;
      await clock.sleep(1_000);
    }
    // One of the 150 was the eleventh of the first second, which counts though it was refused.
    expect(accepted).toBe(149);
    await clock.sleep(60_000);
    expect((await token(app.secret)).status).toBe(200);
  });

  it("limits all other requests apart from those for tokens", async () => {
    const { bearer, send, app, emulator, clock } = setUp({ switches: { "domain-limits": "free" } });
    const headers = await bearer(app.secret);
    const read = () => send("GET", `/admin/v1/Apps/${app.appId}`, undefined, headers);
    for (let count = 0; count < 20; count += 1) expect((await read()).status).toBe(200);
    emulator.switches["retry-after-seconds"] = 7;
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(refused.headers["retry-after"]).toBe("7");
    expect((await bearer(app.secret)).authorization).not.toContain("undefined");
    await clock.sleep(1_000);
    expect((await read()).status).toBe(200);
  });

  it("may refuse a Host that carries :443", async () => {
    const { emulator, clock } = setUp();
    const ask = () =>
      emulator.transport({
        method: "POST",
        url: "https://idcs-1.identity.oraclecloud.com/oauth2/v1/token",
        headers: { host: "idcs-1.identity.oraclecloud.com:443" },
        deadline: clock.monotonic() + 1000,
      });
    expect((await ask()).status).toBe(400);
    emulator.switches["host-port"] = "refused";
    expect((await ask()).status).toBe(404);
  });

  it("keeps domains apart by host", async () => {
    const { emulator, token, clock, base64 } = setUp();
    const other = emulator.admin.createApp({ domain: "idcs-2.identity.oraclecloud.com" });
    expect((await token(other.secret, undefined, other.clientId)).status).toBe(401);
    const answer = await emulator.transport({
      method: "POST",
      url: "https://idcs-2.identity.oraclecloud.com:443/oauth2/v1/token",
      headers: {
        authorization: `Basic ${base64(`${other.clientId}:${other.secret}`)}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials&scope=urn%3Aopc%3Aidm%3A__myscopes__",
      deadline: clock.monotonic() + 1000,
    });
    expect(answer.status).toBe(200);
  });
});

describe("the regenerator", () => {
  it("makes a new secret, and the old one is refused from then on", async () => {
    const { regenerate, bearer, app, token, emulator } = setUp();
    const answer = await regenerate(await bearer(app.secret));
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json).sort()).toEqual(["appId", "clientSecret", "id"]);
    const fresh = String(answer.json["clientSecret"]);
    expect(fresh).not.toBe(app.secret);
    expect((await token(app.secret)).status).toBe(401);
    expect((await token(fresh)).status).toBe(200);
    expect(emulator.admin.login(app.clientId, fresh)).toBe("accepted");
    expect(emulator.admin.login(app.clientId, app.secret)).toBe("rejected");
    expect(emulator.admin.app(app.clientId).mints).toBe(1);
  });

  it("answers 201 with the full resource where the switches say so", async () => {
    const { regenerate, bearer, app } = setUp({ switches: { "regenerate-status": "201", "regenerate-body": "full" } });
    const answer = await regenerate(await bearer(app.secret));
    expect(answer.status).toBe(201);
    expect(answer.json).toHaveProperty("schemas");
    expect(answer.json).toHaveProperty("meta");
  });

  it("is never idempotent: each call kills the secret before", async () => {
    const { regenerate, bearer, app, emulator } = setUp();
    const headers = await bearer(app.secret);
    const first = String((await regenerate(headers)).json["clientSecret"]);
    const second = String((await regenerate(headers)).json["clientSecret"]);
    expect(emulator.admin.login(app.clientId, first)).toBe("rejected");
    expect(emulator.admin.login(app.clientId, second)).toBe("accepted");
  });

  it("refuses a call without a token, with an expired one, and for another application", async () => {
    const { regenerate, bearer, app, emulator, clock, send } = setUp();
    expect((await regenerate({ "content-type": "application/json" })).status).toBe(401);
    const headers = await bearer(app.secret);
    const other = emulator.admin.createApp();
    const path = "/admin/v1/AppClientSecretRegenerator";
    expect((await send("POST", path, { appId: other.appId }, headers)).status).toBe(403);
    expect((await send("POST", path, {}, headers)).status).toBe(400);
    expect((await send("POST", path, { appId: "none" }, headers)).status).toBe(404);
    expect((await send("POST", path, { appId: app.appId }, { ...headers, "content-type": "text/plain" })).status).toBe(
      415,
    );
    await clock.sleep(3_600_000);
    expect(await regenerate(headers)).toMatchObject({
      status: 401,
      json: { status: "401", schemas: expect.any(Array) },
    });
  });

  it("lets an administrator's client regenerate any application", async () => {
    const { emulator, token, regenerate } = setUp();
    const admin = emulator.admin.createApp({ admin: true });
    const { json } = await token(admin.secret, undefined, admin.clientId);
    const headers = { authorization: `Bearer ${String(json["access_token"])}`, "content-type": "application/json" };
    expect((await regenerate(headers)).status).toBe(200);
  });

  it.each([
    ["live", 200],
    ["die", 401],
  ] as const)("lets tokens of the old secret %s as the switch says", async (value, status) => {
    const { regenerate, bearer, app } = setUp({ switches: { "old-tokens": value } });
    const headers = await bearer(app.secret);
    await regenerate(headers);
    expect((await regenerate(headers)).status).toBe(status);
  });

  it.each([
    ["refused", 401],
    ["allowed", 200],
  ] as const)("has signed callers %s as the switch says", async (value, status) => {
    const { regenerate } = setUp({ switches: { "signed-callers": value } });
    const headers = { authorization: 'Signature version="1"', "content-type": "application/json" };
    expect((await regenerate(headers)).status).toBe(status);
  });

  it("lets the old secret die later where the switch says so", async () => {
    const { regenerate, bearer, app, token, clock } = setUp({ switches: { "old-secret-dies": 5000 } });
    await regenerate(await bearer(app.secret));
    await clock.sleep(4999);
    expect((await token(app.secret)).status).toBe(200);
    await clock.sleep(1);
    expect((await token(app.secret)).status).toBe(401);
  });

  it("refuses the new secret for a time or a number of logins where the switches say so", async () => {
    const switches = { "new-secret-late-ms": 1000, "new-secret-late-refusals": 2 };
    const { regenerate, bearer, app, token, clock } = setUp({ switches });
    const fresh = String((await regenerate(await bearer(app.secret))).json["clientSecret"]);
    expect((await token(fresh)).status).toBe(401);
    await clock.sleep(1000);
    expect([(await token(fresh)).status, (await token(fresh)).status, (await token(fresh)).status]).toEqual([
      401, 401, 200,
    ]);
  });

  it.each([
    ["absent", 404, undefined],
    ["without-secret", 200, undefined],
    ["clear", 200, "shown"],
  ] as const)("shows a past regeneration as the switch says: %s", async (value, status, shown) => {
    const { regenerate, bearer, app, send } = setUp({ switches: { "regenerator-read-back": value } });
    const headers = await bearer(app.secret);
    const { json } = await regenerate(headers);
    const answer = await send("GET", `/admin/v1/AppClientSecretRegenerator/${String(json["id"])}`, undefined, headers);
    expect(answer.status).toBe(status);
    expect(answer.json["clientSecret"]).toBe(shown === undefined ? undefined : json["clientSecret"]);
  });
});

describe("the App resource", () => {
  it.each([
    ["clear", "the secret"],
    ["empty", undefined],
    ["masked", "**********"],
  ] as const)("shows its secret %s", async (value, expected) => {
    const { send, bearer, app } = setUp({ switches: { "app-read-back": value } });
    const headers = await bearer(app.secret);
    const one = await send("GET", `/admin/v1/Apps/${app.appId}`, undefined, headers);
    const filter = encodeURIComponent(`name eq "${app.clientId}"`);
    const found = await send("GET", `/admin/v1/Apps?filter=${filter}`, undefined, headers);
    const secret = expected === "the secret" ? app.secret : expected;
    expect(one.json["clientSecret"]).toBe(secret);
    expect(found.json["Resources"]).toEqual([one.json]);
  });

  it("is forbidden where the switch says so", async () => {
    const { send, bearer, app } = setUp({ switches: { "app-read-back": "forbidden" } });
    expect((await send("GET", `/admin/v1/Apps/${app.appId}`, undefined, await bearer(app.secret))).status).toBe(403);
  });

  it.each([
    ["refused", 400, "rejected"],
    ["accepted", 200, "accepted"],
    ["ignored", 200, "rejected"],
  ] as const)("has a PATCH of its secret %s", async (value, status, verdict) => {
    const { send, bearer, app, emulator } = setUp({ switches: { "app-secret-patch": value } });
    const body = { Operations: [{ op: "replace", path: "clientSecret", value: "chosen" }] };
    const answer = await send("PATCH", `/admin/v1/Apps/${app.appId}`, body, await bearer(app.secret));
    expect(answer.status).toBe(status);
    expect(emulator.admin.login(app.clientId, "chosen")).toBe(verdict);
  });

  it("is forbidden by deny with 403 in the SCIM shape", async () => {
    const { send, bearer, app } = setUp({ switches: { deny: ["read-app"] } });
    const answer = await send("GET", `/admin/v1/Apps/${app.appId}`, undefined, await bearer(app.secret));
    expect(answer).toMatchObject({ status: 403, json: { status: "403" } });
  });
});
