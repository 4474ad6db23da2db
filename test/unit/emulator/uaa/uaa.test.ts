import { describe, expect, it } from "vitest";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { createEmulator } from "../../../../src/emulator/emulator.ts";
import { setUpUaa } from "./harness.ts";

describe("calls by name", () => {
  it("tells the login with CURRENT's value from any other, at the token endpoint and at /clientinfo", async () => {
    const { login, send, basic, calls } = setUpUaa();
    await login("first");
    await login("second");
    await send("GET", "/clientinfo", basic("app", "first"));
    await send("GET", "/clientinfo", basic("app", "second"));
    await send("GET", "/clientinfo", {});
    expect(calls()).toEqual(["token-current", "token-pending", "token-current", "token-pending", "token-pending"]);
  });

  it("goes by a client's first login where Vault does not know the client", async () => {
    const { emulator, login, calls } = setUpUaa();
    emulator.admin.createUaaClient({ clientId: "other", secret: "o-1" });
    await login("o-1", "other");
    await login("o-2", "other");
    expect(calls()).toEqual(["token-current", "token-pending"]);
  });

  it("calls ADD and UPDATE install, DELETE retire, reading a client read-client", async () => {
    const { change, send, calls } = setUpUaa();
    for (const changeMode of ["ADD", "UPDATE", "DELETE"]) await change({ changeMode }, "none");
    await change({ secret: "second" }, "none");
    await send("GET", "/oauth/clients/app", {});
    await send("GET", "/info", {});
    expect(calls()).toEqual(["install", "install", "retire", "install", "read-client", "other"]);
  });
});

describe("faults and limits", () => {
  it("answers in UAA's words: a login with Bad credentials, a change with a bearer that is none", async () => {
    const { emulator, login, change } = setUpUaa();
    emulator.faults.add({ call: "token-current", kind: "unauthorized" });
    emulator.faults.add({ call: "install", kind: "unauthorized" });
    expect(await login("first")).toMatchObject({ status: 401, json: { error_description: "Bad credentials" } });
    expect(await change({ changeMode: "ADD" }, "none")).toMatchObject({
      status: 401,
      json: { error: "invalid_token" },
    });
  });

  it("gives other faults without words, which are no refusal by policy", async () => {
    const { emulator, add, accepted } = setUpUaa();
    for (const [kind, status] of [
      ["client-error", 400],
      ["conflict", 409],
      ["server-error-before", 500],
    ] as const) {
      emulator.faults.clear();
      emulator.faults.add({ call: "install", kind });
      expect(await add("second")).toMatchObject({ status, json: {} });
    }
    expect(await accepted("first", "second")).toEqual(["first"]);
  });

  it("keeps the effect of an ADD whose answer is lost", async () => {
    const { emulator, add, accepted } = setUpUaa();
    emulator.faults.add({ call: "install", kind: "answer-lost" });
    await expect(add("second")).rejects.toThrow("connection closed before an answer");
    expect(await accepted("first", "second")).toEqual(["first", "second"]);
  });

  it("forbids what the switch deny names", async () => {
    const { login, add } = setUpUaa({ deny: ["install"] });
    expect((await login("first")).status).toBe(200);
    expect(await add("second")).toMatchObject({ status: 403, json: { error: "insufficient_scope" } });
  });

  it("answers 429 beyond the limit a minute, on every path, with a Retry-After if the switch sets one", async () => {
    const { login, send, clock, emulator } = setUpUaa({ "uaa-limit-per-minute": 1 });
    await login("first");
    const plain = await send("GET", "/clientinfo", {});
    expect(plain.status).toBe(429);
    expect(plain.headers["retry-after"]).toBeUndefined();
    emulator.switches["retry-after-seconds"] = 30;
    expect((await login("first")).headers["retry-after"]).toBe("30");
    await clock.sleep(60_000);
    expect((await login("first")).status).toBe(200);
  });
});

describe("ADDs at once", () => {
  const race = async (kind: "overwrites" | "three-secrets") => {
    const rig = setUpUaa({ "uaa-race": kind, "uaa-race-ms": 50, "latency-ms": 100 });
    const token = await rig.wardenToken();
    const add = (secret: string) => rig.change({ changeMode: "ADD", secret }, token);
    const statuses = (await Promise.all([add("second"), add("third")])).map(({ status }) => status);
    return { ...rig, token, statuses };
  };

  it("are both answered 200 although the later one ends the secret of the earlier one", async () => {
    const { statuses, accepted } = await race("overwrites");
    expect(statuses).toEqual([200, 200]);
    expect(await accepted("first", "second", "third")).toEqual(["first", "third"]);
  });

  it("or leave three secrets, which only UPDATE heals", async () => {
    const { statuses, accepted, change, token } = await race("three-secrets");
    expect(statuses).toEqual([200, 200]);
    expect(await accepted("first", "second", "third")).toEqual(["first", "second", "third"]);
    expect((await change({ changeMode: "ADD", secret: "fourth" }, token)).json["error_description"]).toMatch(
      /already has two/,
    );
    expect((await change({ changeMode: "DELETE" }, token)).json["error_description"]).toMatch(/only one/);
    expect((await change({ secret: "fifth" }, token)).status).toBe(200);
    expect(await accepted("first", "second", "third", "fifth")).toEqual(["fifth"]);
  });

  it("one after the other are no race", async () => {
    const { add, accepted } = setUpUaa({ "uaa-race-ms": 50, "latency-ms": 100 });
    expect((await add("second")).status).toBe(200);
    expect((await add("third")).status).toBe(400);
    expect(await accepted("first", "second", "third")).toEqual(["first", "second"]);
  });
});

describe("nodes that are behind", () => {
  it("refuse a new secret for a time", async () => {
    const { add, accepted, clock, admin } = setUpUaa({ "new-secret-late-ms": 500 });
    await add("second");
    expect(await accepted("second")).toEqual([]);
    expect(admin.uaaLogin("app", "second")).toBe("accepted");
    await clock.sleep(500);
    expect(await accepted("second")).toEqual(["second"]);
  });

  it("refuse a new secret for a number of logins", async () => {
    const { add, accepted } = setUpUaa({ "new-secret-late-refusals": 2 });
    await add("second");
    const seen = [await accepted("second"), await accepted("second"), await accepted("second")];
    expect(seen).toEqual([[], [], ["second"]]);
  });

  it("take a removed secret for a while, but not as oldSecret", async () => {
    const { add, change, accepted, bearer, clock, wardenToken, admin } = setUpUaa({ "old-secret-dies": 500 });
    await add("second");
    await change({ changeMode: "DELETE" }, await wardenToken());
    expect(await accepted("first")).toEqual(["first"]);
    expect(admin.uaaLogin("app", "first")).toBe("rejected");
    const late = await change({ changeMode: "DELETE", oldSecret: "first" }, await bearer("second"));
    expect(late.json["error_description"]).toMatch(/^Previous secret/);
    await clock.sleep(500);
    expect(await accepted("first", "second")).toEqual(["second"]);
  });
});

describe("tokens", () => {
  it("die with the newest secret of their time, or live on if the switch says so", async () => {
    const { bearer, change, wardenToken, checkToken, emulator } = setUpUaa();
    const token = await bearer("first");
    await change({ secret: "first" }, await wardenToken());
    expect(await checkToken(token)).toMatchObject({ status: 400, json: { error: "invalid_token" } });
    emulator.switches["uaa-old-tokens"] = "live";
    expect((await checkToken(token)).status).toBe(200);
  });

  it("end with their life: 12 hours, or what the client's setting says", async () => {
    const { bearer, clock, checkToken, admin, login } = setUpUaa();
    expect((await login("first")).json["expires_in"]).toBe(43_199);
    admin.uaaClient("app").tokenSeconds = 60;
    const token = await bearer("first");
    await clock.sleep(59_999);
    expect((await checkToken(token)).status).toBe(200);
    await clock.sleep(1);
    expect((await checkToken(token)).status).toBe(400);
  });

  it("look like a JWT unless asked to be opaque", async () => {
    const { send, basic } = setUpUaa();
    const headers = { ...basic("app", "first"), "content-type": "application/x-www-form-urlencoded" };
    const { json } = await send("POST", "/oauth/token", headers, "grant_type=client_credentials");
    expect(String(json["access_token"]).split(".")).toHaveLength(3);
  });

  it("are shown to no client without uaa.resource", async () => {
    const { send, basic } = setUpUaa();
    expect((await send("POST", "/check_token", basic("app", "first"), "token=x")).status).toBe(403);
  });
});

describe("a start of UAA", () => {
  it("takes clients declared in uaa.yml back to their secrets there, and ends the tokens of the others", async () => {
    const { admin, add, bearer, accepted, checkToken, change, wardenToken } = setUpUaa({}, { manifest: ["declared"] });
    await add("second");
    await change({ changeMode: "DELETE" }, await wardenToken());
    const token = await bearer("second");
    admin.restartUaa();
    expect(await accepted("declared", "second")).toEqual(["declared"]);
    expect((await checkToken(token)).status).toBe(400);
  });

  it("leaves a declared client with its declared secrets, and every other client, as they are", async () => {
    const { admin, bearer, accepted, checkToken } = setUpUaa({}, { manifest: ["declared", "spare"] });
    const token = await bearer("declared");
    admin.createUaaClient({ clientId: "made", secret: "made-1" });
    admin.restartUaa();
    expect(await accepted("declared", "spare")).toEqual(["declared", "spare"]);
    expect(admin.uaaLogin("made", "made-1")).toBe("accepted");
    expect((await checkToken(token)).status).toBe(200);
  });
});

describe("zones", () => {
  it("are also switched to by their subdomain, and unknown ones are 404", async () => {
    const { admin, change, wardenToken } = setUpUaa();
    const { zoneId, subdomain } = admin.createUaaZone();
    admin.createUaaClient({ clientId: "app", secret: "theirs", zoneId });
    const token = await wardenToken();
    const add = (name: string) =>
      change({ changeMode: "ADD", secret: "second" }, token, { "x-identity-zone-subdomain": name });
    expect((await add(subdomain)).status).toBe(200);
    expect(admin.uaaLogin("app", "second", zoneId)).toBe("accepted");
    expect(admin.uaaLogin("app", "second")).toBe("rejected");
    expect((await add("nowhere")).status).toBe(404);
  });

  it("refuse the zone header at /clientinfo: 403 for a zone, 404 for none", async () => {
    const { send, basic, admin } = setUpUaa();
    const { zoneId } = admin.createUaaZone();
    const ask = async (id: string) =>
      (await send("GET", "/clientinfo", { ...basic("app", "first"), "x-identity-zone-id": id })).status;
    expect([await ask(zoneId), await ask("nowhere"), await ask("")]).toEqual([403, 404, 200]);
  });
});

describe("the rest", () => {
  it("counts what was installed, whether or not the answer arrived", async () => {
    const { admin, add, emulator } = setUpUaa();
    emulator.faults.add({ call: "install", kind: "server-error-after" });
    await add("second");
    await add("third");
    expect(admin.uaaClient("app").installs).toBe(1);
  });

  it("is plain state: another emulator goes on from it", async () => {
    const { emulator, add, clock } = setUpUaa();
    await add("second");
    const state = JSON.parse(JSON.stringify(emulator.state));
    const next = createEmulator({ clock, entropy: createSeededEntropy(8), state });
    expect(next.admin.uaaLogin("app", "second")).toBe("accepted");
  });

  it("names what is missing where a client or zone was never made", () => {
    const { admin } = setUpUaa();
    expect(() => admin.uaaClient("nobody")).toThrow("no UAA client nobody");
    expect(() => admin.createUaaClient({ zoneId: "nowhere" })).toThrow("no UAA zone nowhere");
  });

  it("refuses other methods and paths without words", async () => {
    const { send, wardenToken, basic } = setUpUaa();
    const authorization = `Bearer ${await wardenToken()}`;
    const statuses = [
      await send("GET", "/oauth/token", {}),
      await send("POST", "/clientinfo", {}),
      await send("GET", "/check_token", basic("app", "first")),
      await send("GET", "/oauth/clients/app/secret", { authorization }),
      await send("PUT", "/oauth/clients/app", { authorization }),
      await send("GET", "/nothing", {}),
    ].map(({ status }) => status);
    expect(statuses).toEqual([405, 405, 405, 405, 405, 404]);
  });
});
