import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import nock from "nock";
import { describe, expect, onTestFinished, test } from "vitest";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import { type HttpRequest, MAX_RESPONSE_BYTES, TransportError } from "../../../../src/clients/http/transport.ts";
import { createAuthority } from "../../../support/certificates.ts";
import { expectNoTrace, thrownBy } from "../../../support/failures.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../../support/hostile-replies.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const ORIGIN = "https://issuer.example.org";
const CANARY = "canary/+9c1f~4711";

function setUp() {
  const clock = createInstantClock();
  const transport = createNetworkTransport(clock);
  const send = (request: Partial<HttpRequest> = {}) =>
    transport({ method: "GET", url: `${ORIGIN}/a`, headers: {}, deadline: clock.monotonic() + 10_000, ...request });
  return { clock, send };
}

/** Every request that Node makes during the test. */
function watchRequests(): ClientRequest[] {
  const seen: ClientRequest[] = [];
  const onCreated = (message: unknown) => {
    if (typeof message === "object" && message !== null && "request" in message) {
      seen.push(message.request as ClientRequest);
    }
  };
  subscribe("http.client.request.created", onCreated);
  onTestFinished(() => {
    unsubscribe("http.client.request.created", onCreated);
  });
  return seen;
}

async function failureOf(
  action: () => Promise<unknown>,
): Promise<{ failure: string; sent: boolean; error: TransportError }> {
  const error = await thrownBy(action);
  if (!(error instanceof TransportError)) throw new Error("not a TransportError");
  return { failure: error.failure, sent: error.sent, error };
}

describe("an answer", () => {
  test("is given with status, headers in lower case and the body as text", async () => {
    nock(ORIGIN).get("/a").reply(200, "réponse 😀", { "Content-Type": "text/plain", ETag: '"e1"' });
    const { clock, send } = setUp();
    expect(await send()).toEqual({
      status: 200,
      headers: { "content-type": "text/plain", etag: '"e1"' },
      body: "réponse 😀",
    });
    expect(clock.running).toBe(0);
  });

  test("joins repeated headers", async () => {
    nock(ORIGIN).get("/a").reply(200, "", ["X-A", "1", "X-A", "2", "Set-Cookie", "b=1", "Set-Cookie", "c=2"]);
    expect((await setUp().send()).headers).toEqual({ "x-a": "1, 2", "set-cookie": "b=1, c=2" });
  });

  test.each([200, 201, 204, 400, 401, 403, 404, 409, 412, 429, 500, 503])(
    "of status %i is an answer",
    async (status) => {
      nock(ORIGIN).get("/a").reply(status);
      expect(await setUp().send()).toEqual({ status, headers: {}, body: "" });
    },
  );

  test.each([301, 302, 303, 307, 308])("of status %i is not followed", async (status) => {
    nock(ORIGIN)
      .post("/a")
      .reply(status, "", { location: `${ORIGIN}/elsewhere` });
    const requests = watchRequests();
    const answer = await setUp().send({ method: "POST", headers: { authorization: "Basic x" }, body: "b" });
    expect(answer).toEqual({ status, headers: { location: `${ORIGIN}/elsewhere` }, body: "" });
    expect(requests).toHaveLength(1);
  });

  test("may be as large as the limit, counted in bytes", async () => {
    const body = "é".repeat(MAX_RESPONSE_BYTES / 2);
    nock(ORIGIN).get("/a").reply(200, body);
    expect((await setUp().send()).body).toBe(body);
  });
});

describe("a request", () => {
  test("carries its method, headers and body, with the length in bytes", async () => {
    nock(ORIGIN, { reqheaders: { authorization: "Bearer x", "content-type": "text/plain", "content-length": "7" } })
      .put("/a?b=c", "né😀")
      .reply(200);
    const headers = { authorization: "Bearer x", "content-type": "text/plain" };
    const { status } = await setUp().send({ method: "PUT", url: `${ORIGIN}/a?b=c`, headers, body: "né😀" });
    expect(status).toBe(200);
  });

  test("without a body sends none", async () => {
    nock(ORIGIN, { badheaders: ["transfer-encoding", "content-type"] })
      .get("/a", "")
      .reply(200);
    expect((await setUp().send()).status).toBe(200);
  });

  test("has a connection of its own", async () => {
    nock(ORIGIN, { reqheaders: { connection: "close" } })
      .get("/a")
      .twice()
      .reply(200);
    const requests = watchRequests();
    const { send } = setUp();
    await send();
    await send();
    expect(new Set(requests.map((request) => request.socket)).size).toBe(2);
    expect(requests.every((request) => !request.reusedSocket)).toBe(true);
  });

  test("shares its TLS sessions with those that trust the same authorities, and with no others", async () => {
    nock(ORIGIN).get("/a").times(6).reply(200);
    const requests = watchRequests();
    const [one, other] = [createAuthority("one").pem, createAuthority("other").pem];
    const { send } = setUp();
    for (const authorities of [one, one, other]) await send({ authorities });
    for (let count = 0; count < 2; count += 1) await send();
    await send({ authorities: other });
    const agents = requests.map((request) => Reflect.get(request, "agent"));
    expect(agents.map((agent) => agents.indexOf(agent))).toEqual([0, 0, 2, 3, 3, 2]);
  });

  test("goes to loopback without TLS, on a connection of its own too", async () => {
    nock("http://127.0.0.1:8080", { reqheaders: { connection: "close" } })
      .get("/a")
      .reply(200, "ok");
    expect((await setUp().send({ url: "http://127.0.0.1:8080/a" })).body).toBe("ok");
  });

  test.each(["http://issuer.example.org/a", "http://127.0.0.1.example.org/a", "ftp://issuer.example.org/a"])(
    "to %s is not sent",
    async (url) => {
      const requests = watchRequests();
      const { failure, sent } = await failureOf(() => setUp().send({ url }));
      expect({ failure, sent }).toEqual({ failure: "URL_NOT_ALLOWED", sent: false });
      expect(requests).toHaveLength(0);
    },
  );
});

describe("the deadline", () => {
  test("is the time from now to the instant that the request names", async () => {
    nock(ORIGIN).get("/a").reply(200);
    const { clock, send } = setUp();
    clock.advance(3_000);
    await send({ deadline: clock.monotonic() + 7_000 });
    expect(clock.waits).toEqual([7_000]);
  });

  test("destroys a request that is not answered", async () => {
    const { clock, send } = setUp();
    const { reply, destroyed } = neverAnswers(clock);
    nock(ORIGIN).post("/a").reply(200, reply);
    const requests = watchRequests();
    const { failure, sent } = await failureOf(() => send({ method: "POST", body: "b" }));
    expect({ failure, sent }).toEqual({ failure: "TIMED_OUT", sent: true });
    expect(requests.map((request) => request.destroyed)).toEqual([true]);
    await destroyed;
  });

  test("destroys a request whose answer stops in the middle of its body", async () => {
    const { clock, send } = setUp();
    nock(ORIGIN).get("/a").reply(200, stallsAfter('{"clientSecret":"', clock));
    const requests = watchRequests();
    const { failure, sent } = await failureOf(() => send());
    expect({ failure, sent }).toEqual({ failure: "TIMED_OUT", sent: true });
    expect(requests.map((request) => [request.destroyed, request.socket?.destroyed])).toEqual([[true, true]]);
  });

  test.each([0, 1, 10_000])("that passed %i ms ago keeps the request from being sent", async (ago) => {
    const { clock, send } = setUp();
    clock.advance(20_000);
    const requests = watchRequests();
    const { failure, sent } = await failureOf(() => send({ method: "POST", deadline: clock.monotonic() - ago }));
    expect({ failure, sent }).toEqual({ failure: "TIMED_OUT", sent: false });
    expect(requests).toHaveLength(0);
    expect(clock.waits).toEqual([]);
  });

  test("is no longer waited for after a failure", async () => {
    nock(ORIGIN).get("/a").replyWithError(errorWithCode("ECONNRESET"));
    const { clock, send } = setUp();
    await failureOf(() => send());
    expect(clock.running).toBe(0);
  });
});

describe("no answer", () => {
  test.each([
    ["ECONNREFUSED", "UNREACHABLE", false],
    ["ENOTFOUND", "UNREACHABLE", false],
    ["EAI_AGAIN", "UNREACHABLE", false],
    ["ENETUNREACH", "CONNECTION_LOST", true],
    ["EHOSTUNREACH", "CONNECTION_LOST", true],
    ["ECONNRESET", "CONNECTION_LOST", true],
    ["EPIPE", "CONNECTION_LOST", true],
    ["ETIMEDOUT", "CONNECTION_LOST", true],
    ["HPE_INVALID_CONSTANT", "CONNECTION_LOST", true],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED", false],
    ["INVALID_PURPOSE", "CERTIFICATE_UNTRUSTED", false],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERTIFICATE_UNTRUSTED", false],
    ["SELF_SIGNED_CERT_IN_CHAIN", "CERTIFICATE_UNTRUSTED", false],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CERTIFICATE_UNTRUSTED", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "CERTIFICATE_UNTRUSTED", false],
  ])("after %s is %s, sent: %s", async (code, failure, sent) => {
    nock(ORIGIN).get("/a").replyWithError(errorWithCode(code));
    expect(await failureOf(() => setUp().send())).toMatchObject({ failure, sent });
  });

  test.each(["ENETUNREACH", "EHOSTUNREACH"])("after %s at connecting nothing was sent", async (code) => {
    nock(ORIGIN)
      .get("/a")
      .replyWithError(Object.assign(errorWithCode(code), { syscall: "connect" }));
    expect(await failureOf(() => setUp().send())).toMatchObject({ failure: "UNREACHABLE", sent: false });
  });

  // OpenSSL reports damaged records and late alerts under the same prefix as a failed handshake; by then the request is out.
  test.each(["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"])(
    "after %s, which comes in mid-connection too, leaves open whether the request took effect",
    async (code) => {
      nock(ORIGIN).post("/a").replyWithError(errorWithCode(code));
      expect(await failureOf(() => setUp().send({ method: "POST", body: "b" }))).toMatchObject({ sent: true });
    },
  );

  test("after an error without a code", async () => {
    nock(ORIGIN).get("/a").replyWithError(new Error("no words"));
    expect(await failureOf(() => setUp().send())).toMatchObject({ failure: "CONNECTION_LOST", sent: true });
  });

  test("where the connection breaks in the middle of the body", async () => {
    nock(ORIGIN).get("/a").reply(200, breaksAfter('{"access_token":"'));
    expect(await failureOf(() => setUp().send())).toMatchObject({ failure: "CONNECTION_LOST", sent: true });
  });

  test("where the body is larger than the limit; no more of it is read", async () => {
    nock(ORIGIN).get("/a").reply(200, tooLarge);
    const requests = watchRequests();
    expect(await failureOf(() => setUp().send())).toMatchObject({ failure: "RESPONSE_TOO_LARGE", sent: true });
    expect(requests.map((request) => request.socket?.destroyed)).toEqual([true]);
  });
});

describe("a TransportError holds neither request nor answer", () => {
  const secretRequest: Partial<HttpRequest> = {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`client:${CANARY}`).toString("base64")}`, "x-token": CANARY },
    body: new URLSearchParams({ client_secret: CANARY }).toString(),
  };
  const cases: readonly [
    string,
    (scope: nock.Interceptor, clock: ReturnType<typeof createInstantClock>) => nock.Scope,
  ][] = [
    ["after an error that quotes the request", (post) => post.replyWithError(errorWithCode("ECONNRESET", CANARY))],
    ["after a refused connection", (post) => post.replyWithError(errorWithCode("ECONNREFUSED", CANARY))],
    ["after an untrusted certificate", (post) => post.replyWithError(errorWithCode("CERT_HAS_EXPIRED", CANARY))],
    ["after too large a body", (post) => post.reply(200, CANARY + tooLarge)],
    ["after a broken body", (post) => post.reply(200, breaksAfter(CANARY))],
    ["after a stalled body", (post, clock) => post.reply(200, stallsAfter(CANARY, clock))],
    ["after the deadline", (post, clock) => post.reply(200, neverAnswers(clock).reply)],
  ];

  test.each(cases)("%s", async (_when, answer) => {
    const { clock, send } = setUp();
    answer(nock(ORIGIN).post("/a"), clock);
    const { error } = await failureOf(() => send(secretRequest));
    expectNoTrace(error, CANARY);
    expect(error.cause).toBeUndefined();
    expect(Object.keys(error).sort()).toEqual(["failure", "name", "sent"]);
  });

  test("where the address is not allowed", async () => {
    const url = `http://issuer.example.org/${encodeURIComponent(CANARY)}`;
    const { error } = await failureOf(() => setUp().send({ ...secretRequest, url }));
    expectNoTrace(error, CANARY);
  });
});
