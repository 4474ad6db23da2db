import { AxiosError } from "axios";
import nock from "nock";
import { describe, expect, test } from "vitest";
import { createIssuerHttp } from "../../../../src/clients/http/issuer-http.ts";
import { RatePausedError } from "../../../../src/clients/http/rate-gate.ts";
import { type HttpRequest, type Transport, TransportError } from "../../../../src/clients/http/transport.ts";
import { expectNoTrace, thrownBy } from "../../../support/failures.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../../support/hostile-replies.ts";
import { CALL_TIMEOUT_MS, createRig } from "../../../support/issuer-rig.ts";

const ORIGIN = "https://issuer.example.org";
const CANARY = "canary/+9c1f~4711";
const secretHeaders = { authorization: `Basic ${Buffer.from(`client:${CANARY}`).toString("base64")}` };

describe("a request", () => {
  test("goes out with its method, headers and body as they were given", async () => {
    nock(ORIGIN, { reqheaders: { "content-type": "application/scim+json", accept: "a/b", "user-agent": "oci-rotate" } })
      .post("/a", '{"b": "é"}')
      .reply(201, "done");
    const headers = { "content-type": "application/scim+json", accept: "a/b" };
    const answer = await createRig().http.post(`${ORIGIN}/a`, '{"b": "é"}', { headers });
    expect(answer.status).toBe(201);
    expect(answer.data).toBe("done");
  });

  test.each(["get", "put", "patch", "delete"] as const)("may be of method %s", async (method) => {
    nock(ORIGIN).intercept("/a", method.toUpperCase()).reply(200);
    expect((await createRig().http.request({ url: `${ORIGIN}/a`, method })).status).toBe(200);
  });

  test("to delete is one of that method, and has no body", async () => {
    const sent: HttpRequest[] = [];
    const { gate, budget, clock } = createRig();
    const transport: Transport = async (request) => {
      sent.push(request);
      return { status: 204, headers: {}, body: "" };
    };
    const limits = { ratePauseMs: 60_000, maxWaitMs: () => 0 };
    await createIssuerHttp(transport, gate, budget, limits, clock).delete(`${ORIGIN}/a`);
    expect(sent).toMatchObject([{ method: "DELETE", url: `${ORIGIN}/a` }]);
    expect(sent[0]).not.toHaveProperty("body");
  });

  test("of another method is not sent", async () => {
    await expect(createRig().http.request({ url: `${ORIGIN}/a`, method: "options" })).rejects.toThrow(
      "the method options is not in use here",
    );
  });

  test("ends with the invocation's deadline for one call", async () => {
    nock(ORIGIN).get("/a").reply(200);
    const { clock, http } = createRig();
    await http.get(`${ORIGIN}/a`);
    expect(clock.waits).toEqual([CALL_TIMEOUT_MS]);
  });
});

describe("an answer", () => {
  test.each([200, 302, 400, 401, 403, 404, 409, 412, 500, 503])("of status %i resolves", async (status) => {
    nock(ORIGIN)
      .get("/a")
      .reply(status, "text", { location: `${ORIGIN}/b` });
    expect((await createRig().http.get(`${ORIGIN}/a`)).status).toBe(status);
  });

  test.each(['{"a":1}', "{", ""])("keeps its body as text: %j", async (body) => {
    nock(ORIGIN).get("/a").reply(200, body, { "content-type": "application/json" });
    expect((await createRig().http.get(`${ORIGIN}/a`)).data).toBe(body);
  });

  test("holds nothing of its request", async () => {
    nock(ORIGIN).post("/a").reply(200, "text");
    const answer = await createRig().http.post(`${ORIGIN}/a`, `secret=${CANARY}`, { headers: secretHeaders });
    expectNoTrace(answer, CANARY);
    expect(answer).toMatchObject({ statusText: "", config: { headers: {} } });
    expect(answer.request).toBeUndefined();
  });
});

describe("no answer rejects with TransportError, never with the library's own error", () => {
  test.each([
    [
      "a refused connection",
      "UNREACHABLE",
      (post: nock.Interceptor) => post.replyWithError(errorWithCode("ECONNREFUSED", CANARY)),
    ],
    [
      "a reset connection",
      "CONNECTION_LOST",
      (post: nock.Interceptor) => post.replyWithError(errorWithCode("ECONNRESET", CANARY)),
    ],
    [
      "an untrusted certificate",
      "CERTIFICATE_UNTRUSTED",
      (post: nock.Interceptor) => post.replyWithError(errorWithCode("CERT_HAS_EXPIRED", CANARY)),
    ],
    ["too large a body", "RESPONSE_TOO_LARGE", (post: nock.Interceptor) => post.reply(200, tooLarge)],
    ["a broken body", "CONNECTION_LOST", (post: nock.Interceptor) => post.reply(200, breaksAfter(CANARY))],
  ])("%s", async (_what, failure, answer) => {
    answer(nock(ORIGIN).post("/a"));
    const { http } = createRig();
    const thrown = await thrownBy(() => http.post(`${ORIGIN}/a`, `secret=${CANARY}`, { headers: secretHeaders }));
    expect(thrown).toBeInstanceOf(TransportError);
    expect(thrown).not.toBeInstanceOf(AxiosError);
    expect(thrown).toMatchObject({ failure });
    expectNoTrace(thrown, CANARY);
  });

  test("a slow answer, whose request is destroyed", async () => {
    const { clock, http } = createRig();
    const { reply, destroyed } = neverAnswers(clock);
    nock(ORIGIN).post("/a").reply(200, reply);
    const thrown = await thrownBy(() => http.post(`${ORIGIN}/a`, `secret=${CANARY}`, { headers: secretHeaders }));
    expect(thrown).toMatchObject({ name: "TransportError", failure: "TIMED_OUT", sent: true });
    expectNoTrace(thrown, CANARY);
    await destroyed;
  });

  test("a body that stalls", async () => {
    const { clock, http } = createRig();
    nock(ORIGIN).get("/a").reply(200, stallsAfter(CANARY, clock));
    const thrown = await thrownBy(() => http.get(`${ORIGIN}/a`, { headers: secretHeaders }));
    expect(thrown).toMatchObject({ name: "TransportError", failure: "TIMED_OUT" });
    expectNoTrace(thrown, CANARY);
  });
});

describe("after 429", () => {
  test.each([
    ["a minute passes without Retry-After", {}, 60_000],
    ["a shorter Retry-After changes nothing", { "retry-after": "5" }, 60_000],
    ["a longer Retry-After in seconds counts", { "retry-after": "90" }, 90_000],
    ["a longer Retry-After as a date counts", { "retry-after": "Thu, 01 Jan 2026 00:02:00 GMT" }, 120_000],
  ])("%s before the next request to that origin", async (_what, headers, pauseMs) => {
    nock(ORIGIN).get("/a").reply(429, "", headers).get("/b").reply(200);
    const { clock, http } = createRig();
    expect((await http.get(`${ORIGIN}/a`)).status).toBe(429);
    expect(clock.slept).toEqual([]);
    expect((await http.get(`${ORIGIN}/b`)).status).toBe(200);
    expect(clock.slept).toEqual([pauseMs]);
  });

  test("nothing is sent where the pause does not fit into the time left", async () => {
    nock(ORIGIN).get("/a").reply(429, "", { "retry-after": "280" });
    const { clock, http } = createRig();
    await http.get(`${ORIGIN}/a`);
    const thrown = await thrownBy(() => http.get(`${ORIGIN}/a`, { headers: secretHeaders }));
    expect(thrown).toBeInstanceOf(RatePausedError);
    expect(thrown).toMatchObject({ pauseMs: 280_000 });
    expectNoTrace(thrown, CANARY);
    expect(clock.slept).toEqual([]);
  });

  test.each([
    [true, 900_000],
    [false, 3_600_000],
  ])(
    "a pause of an hour keeps a request that finishes something (%s) waiting for %i ms",
    async (finishing, pauseMs) => {
      nock(ORIGIN).get("/a").reply(429, "", { "retry-after": "3600" }).get("/b").reply(200);
      const { transport, gate, budget, clock } = createRig(7_200_000);
      const limits = { ratePauseMs: 60_000, maxWaitMs: () => 7_200_000, isFinishing: () => finishing };
      const http = createIssuerHttp(transport, gate, budget, limits, clock);
      await http.get(`${ORIGIN}/a`);
      await http.get(`${ORIGIN}/b`);
      expect(clock.slept).toEqual([pauseMs]);
    },
  );

  test("other origins are asked at once, another port of the host among them", async () => {
    nock(ORIGIN).get("/a").reply(429);
    nock("https://other.example.org").get("/a").reply(200);
    nock(`${ORIGIN}:8443`).get("/a").reply(200);
    const { clock, http } = createRig();
    await http.get(`${ORIGIN}/a`);
    await http.get("https://other.example.org/a");
    await http.get(`${ORIGIN}:8443/a`);
    expect(clock.slept).toEqual([]);
  });

  test("the default port written out is the same origin", async () => {
    nock(ORIGIN).get("/a").reply(429).get("/b").reply(200);
    const { clock, http } = createRig();
    await http.get(`${ORIGIN}:443/a`);
    await http.get(`${ORIGIN}/b`);
    expect(clock.slept).toEqual([60_000]);
  });
});
