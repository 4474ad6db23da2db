import { describe, expect, it, vi } from "vitest";
import { TransportError } from "../../../../src/clients/http/transport.ts";
import { type CallName, callNames } from "../../../../src/emulator/core/call-names.ts";
import { type FaultKind, parseFault } from "../../../../src/emulator/core/faults.ts";
import { setUp } from "../harness.ts";

/** Regenerates under a fault and tells what the caller saw, and whether the old secret is dead. */
async function mintUnder(kind: FaultKind, switches = {}) {
  const all = setUp({ switches });
  const headers = await all.bearer(all.app.secret);
  all.emulator.faults.add({ call: "regenerate", kind });
  const seen = await all.regenerate(headers).catch((error: unknown) => error);
  return { ...all, seen, landed: () => all.emulator.admin.login(all.app.clientId, all.app.secret) === "rejected" };
}

describe("a fault", () => {
  it.each([
    ["client-error", 400],
    ["unauthorized", 401],
    ["conflict", 409],
    ["precondition-failed", 412],
    ["rate-limited", 429],
    ["server-error-before", 500],
  ] as const)("%s answers %i and has no effect", async (kind, status) => {
    const { seen, landed } = await mintUnder(kind);
    expect(seen).toMatchObject({ status, json: { status: String(status) } });
    expect(landed()).toBe(false);
  });

  it("server-error-after answers 500 and has its effect", async () => {
    const { seen, landed } = await mintUnder("server-error-after");
    expect(seen).toMatchObject({ status: 500 });
    expect(landed()).toBe(true);
  });

  it("refused never reaches the server", async () => {
    const { seen, landed } = await mintUnder("refused");
    expect(seen).toMatchObject({ failure: "UNREACHABLE", sent: false });
    expect(landed()).toBe(false);
  });

  it("answer-lost has its effect, and the connection is lost", async () => {
    const { seen, landed } = await mintUnder("answer-lost");
    expect(seen).toBeInstanceOf(TransportError);
    expect(seen).toMatchObject({ failure: "CONNECTION_LOST", sent: true });
    expect(landed()).toBe(true);
  });

  it("truncated has its effect, and half of the body arrives", async () => {
    const { seen, landed } = await mintUnder("truncated");
    expect(seen).toMatchObject({ status: 200, json: {} });
    expect(landed()).toBe(true);
  });

  it("truncated may bring a proxy's page instead", async () => {
    const { seen } = await mintUnder("truncated", { "truncated-body": "html" });
    expect(seen).toMatchObject({ status: 200, json: {}, headers: { "content-type": "text/html" } });
  });

  it("too-slow has its effect, and the deadline passes first", async () => {
    const { seen, landed, clock } = await mintUnder("too-slow");
    expect(seen).toMatchObject({ failure: "TIMED_OUT", sent: true });
    expect(clock.monotonic()).toBe(10_000);
    expect(landed()).toBe(true);
  });

  it("lands-late loses the connection now and has its effect later, after a successor has acted", async () => {
    const { seen, landed, clock, regenerate, bearer, app, emulator } = await mintUnder("lands-late", {
      "late-ms": 5000,
    });
    expect(seen).toMatchObject({ failure: "CONNECTION_LOST", sent: true });
    expect(landed()).toBe(false);
    const second = String((await regenerate(await bearer(app.secret))).json["clientSecret"]);
    expect(emulator.admin.login(app.clientId, second)).toBe("accepted");
    await clock.sleep(5000);
    expect(emulator.admin.login(app.clientId, second)).toBe("rejected");
    const record = emulator.requests.find((request) => request.fault === "lands-late");
    expect(record).toMatchObject({ call: "regenerate", landedAt: clock.now(), status: 200 });
  });

  it("lands-late is seen by the next request, and several land in the order of their times", async () => {
    const { emulator, control, clock } = setUp({ switches: { "metadata-updating": "no" } });
    for (const [description, lateMs] of [
      ["last", 5000],
      ["first", 1000],
    ] as const) {
      emulator.switches["late-ms"] = lateMs;
      emulator.faults.add({ call: "update-metadata", kind: "lands-late" });
      await expect(control("PUT", "", { description })).rejects.toThrow("CONNECTION_LOST");
    }
    expect((await control("GET", "")).json["description"]).toBeUndefined();
    await clock.sleep(6000);
    expect((await control("GET", "")).json["description"]).toBe("last");
  });

  it.each([
    ["killed-before", false],
    ["killed-after", true],
  ] as const)("%s tells the hook and never answers its caller again", async (kind, effect) => {
    const { emulator, bearer, app, clock } = setUp();
    const caller = emulator.startCaller("first");
    const headers = await bearer(app.secret);
    const onKill = vi.fn();
    emulator.onKill = onKill;
    emulator.faults.add({ call: "regenerate", kind });
    const request = (path: string) =>
      caller.transport({
        method: "POST",
        url: `https://idcs.example${path}`,
        headers,
        body: JSON.stringify({ appId: app.appId }),
        deadline: clock.monotonic() + 1000,
      });
    const outcome = Promise.race([
      request("/admin/v1/AppClientSecretRegenerator"),
      clock.sleep(60_000).then(() => "silence"),
    ]);
    expect(await outcome).toBe("silence");
    expect(onKill).toHaveBeenCalledWith("first", expect.objectContaining({ call: "regenerate", fault: kind }));
    expect(caller.killed).toBe(true);
    expect(emulator.admin.login(app.clientId, app.secret)).toBe(effect ? "rejected" : "accepted");
    const before = emulator.requests.length;
    expect(await Promise.race([request("/any"), clock.sleep(60_000).then(() => "silence")])).toBe("silence");
    expect(emulator.requests).toHaveLength(before);
  });

  it("strikes the occurrence asked for, as often as asked, and one caller if asked", async () => {
    const { emulator, control, clock } = setUp();
    emulator.faults.add({ call: "get-secret", kind: "server-error-before", occurrence: 2, count: 2 });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      statuses.push((await control("GET", "")).status);
    }
    expect(statuses).toEqual([200, 500, 500, 200]);
    emulator.faults.add({ call: "get-secret", kind: "refused", caller: "second" });
    expect((await control("GET", "")).status).toBe(200);
    const second = emulator.startCaller("second").transport;
    const url = "https://x.example/20180608/secrets/none";
    await expect(second({ method: "GET", url, headers: {}, deadline: clock.monotonic() + 1 })).rejects.toThrow(
      "UNREACHABLE",
    );
    expect(emulator.faults.struck).toBe(3);
  });

  it("answers in the shape of the system it strikes", async () => {
    const { emulator, control, token, app } = setUp();
    emulator.switches["retry-after-seconds"] = 7;
    emulator.faults.add({ call: "get-secret", kind: "rate-limited" });
    emulator.faults.add({ call: "token-current", kind: "unauthorized" });
    const vault = await control("GET", "");
    expect(vault.json).toEqual({ code: "TooManyRequests", message: expect.any(String) });
    expect(vault.headers["retry-after"]).toBe("7");
    emulator.faults.add({ call: "get-secret", kind: "conflict" });
    const conflict = await control("GET", "");
    expect(conflict).toMatchObject({ status: 409, json: { code: "IncorrectState" }, headers: { "retry-after": "7" } });
    expect((await token(app.secret)).json["error"]).toBe("invalid_client");
  });

  it("is read from text, and a wrong one is named", () => {
    expect(parseFault("promote:answer-lost", callNames)).toEqual({ call: "promote", kind: "answer-lost" });
    expect(parseFault("promote:refused:3", callNames)).toEqual({ call: "promote", kind: "refused", occurrence: 3 });
    expect(() => parseFault("nothing:refused", callNames)).toThrow('unknown call "nothing"');
    expect(() => parseFault("promote:bad", callNames)).toThrow('unknown kind "bad"');
    expect(() => parseFault("promote:refused:0", callNames)).toThrow("occurrence");
  });
});

describe("the record of requests", () => {
  it("names every call as the documents do", async () => {
    const all = setUp({ switches: { "app-secret-patch": "accepted" } });
    const { control, bundle, send, token, bearer, regenerate, app, emulator, content, base64 } = all;
    await control("GET", "");
    await control("GET", "/versions");
    await bundle("?versionNumber=1");
    const headers = await bearer(app.secret);
    const claim = content(app.secret, { _rotation: { v: 1, kind: "claim" } });
    await all.write(claim, "orot-2");
    const fresh = String((await regenerate(headers)).json["clientSecret"]);
    await all.write(content(fresh), "orot-3");
    await bundle("?secretVersionName=orot-3");
    await token(fresh);
    await all.promote(3);
    await token(fresh);
    await send("GET", `/admin/v1/Apps/${app.appId}`, undefined, headers);
    await send("PATCH", `/admin/v1/Apps/${app.appId}`, {}, headers);
    await control("PUT", "", { metadata: {} });
    await control("POST", "/version/2/actions/scheduleDeletion", {});
    await send("GET", "/20181201/functions/f");
    const calls = emulator.requests.map((request) => request.call).filter((call) => call !== "get-secret");
    expect(emulator.requests[0]?.call).toBe("get-secret");
    const expected: CallName[] = [
      "list-versions",
      "read-current",
      "token-current",
      "write-claim",
      "regenerate",
      "write-pending",
      "read-pending",
      "token-pending",
      "promote",
      "token-current",
      "read-app",
      "install",
      "update-metadata",
      "schedule-version-deletion",
      "get-function",
    ];
    expect(calls).toEqual(expected);
    const printed = JSON.stringify(emulator.requests);
    for (const secret of [app.secret, fresh, base64(content(fresh)), headers.authorization]) {
      expect(printed).not.toContain(secret);
    }
  });

  it("takes the first accepted secret for the current one where no secret in Vault tells", async () => {
    const { emulator, token } = setUp();
    const other = emulator.admin.createApp();
    await token("wrong", undefined, other.clientId);
    await token(other.secret, undefined, other.clientId);
    expect(emulator.requests.map((request) => request.call)).toEqual(["token-pending", "token-current"]);
  });

  it("notes a retry token on UpdateSecret, which the operation does not have", async () => {
    const { control, emulator } = setUp();
    const answer = await control("PUT", "", { metadata: {} }, { "opc-retry-token": "t" });
    expect(answer.status).toBe(200);
    expect(emulator.violations).toEqual(["request 1: UpdateSecret takes no opc-retry-token"]);
  });
});

describe("the transport", () => {
  it("lets the latency pass on the injected clock, half before the effect and half after", async () => {
    const { control, clock, emulator } = setUp({ latencyMs: 40 });
    const start = clock.now();
    await control("GET", "");
    expect(clock.now() - start).toBe(40);
    expect(emulator.requests[0]?.time).toBe(start + 20);
  });

  it("times out at the deadline, and a request under way still takes effect", async () => {
    const { emulator, clock, secretId } = setUp({ latencyMs: 100 });
    const send = (deadline: number) =>
      emulator
        .transport({
          method: "PUT",
          url: `https://v.example/20180608/secrets/${secretId}`,
          headers: {},
          body: JSON.stringify({ description: `by ${deadline}` }),
          deadline,
        })
        .catch((error: unknown) => error);
    expect(await send(30)).toMatchObject({ failure: "TIMED_OUT", sent: true });
    expect(clock.monotonic()).toBe(30);
    expect(emulator.admin.secret(secretId).description).toBeNull();
    await clock.sleep(20);
    expect(emulator.admin.secret(secretId).description).toBe("by 30");
    expect(await send(50)).toMatchObject({ failure: "TIMED_OUT", sent: false });
  });
});
