import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import { ociAnswer } from "../../../../src/clients/http/oci-response.ts";
import { createRateGate, RatePausedError } from "../../../../src/clients/http/rate-gate.ts";
import { createTokenCache, type Token } from "../../../../src/clients/http/token-cache.ts";
import { MAX_RESPONSE_BYTES } from "../../../../src/clients/http/transport.ts";
import { thrownBy } from "../../../support/failures.ts";
import { errorWithCode, neverAnswers, tooLarge } from "../../../support/hostile-replies.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const ORIGIN = "https://issuer.example.org";

const send = (more: object = {}, clock = createInstantClock()) =>
  thrownBy(() =>
    createNetworkTransport(clock)({
      ...{ method: "GET", url: `${ORIGIN}/a`, headers: {}, deadline: clock.monotonic() + 1_000, ...more },
    }),
  );

describe("a request without an answer", () => {
  test.each([
    ["a code with the host", "ECONNRESET", "CONNECTION_LOST: ECONNRESET at issuer.example.org"],
    ["other words as no code", "ECONN by peer", "CONNECTION_LOST: no code at issuer.example.org"],
    ["nothing as no code", undefined as never, "CONNECTION_LOST: no code at issuer.example.org"],
  ])("tells %s", async (_what, code, message) => {
    nock(ORIGIN).get("/a").replyWithError(errorWithCode(code));
    expect(await send()).toMatchObject({ failure: "CONNECTION_LOST", sent: true, message });
  });

  test("to somebody else's target tells no host", async () => {
    nock(ORIGIN).get("/a").replyWithError(errorWithCode("ECONNRESET"));
    expect(await send({ untrusted: { address: null } })).toMatchObject({ message: "CONNECTION_LOST: ECONNRESET" });
    const clock = createInstantClock();
    nock(ORIGIN).get("/a").reply(200, neverAnswers(clock).reply);
    const late = await send({}, clock);
    expect(late).toMatchObject({
      failure: "TIMED_OUT",
      sent: true,
      message: "TIMED_OUT: TIMED_OUT at issuer.example.org",
    });
  });

  test("to somebody else's target in time tells no host either", async () => {
    const clock = createInstantClock();
    nock(ORIGIN).get("/a").reply(200, neverAnswers(clock).reply);
    expect(await send({ untrusted: { address: null } }, clock)).toMatchObject({
      failure: "TIMED_OUT",
      sent: true,
      message: "TIMED_OUT: no complete answer before the deadline",
    });
  });

  test("that is too large tells how much is read", async () => {
    nock(ORIGIN).get("/a").reply(200, tooLarge);
    expect(await send()).toMatchObject({ message: `RESPONSE_TOO_LARGE: more than ${MAX_RESPONSE_BYTES} bytes` });
  });
});

test.each([
  [200, false],
  [404, false],
  [599, false],
  [204, true],
  [205, true],
  [304, true],
])("an answer of %i to the SDK is fetch's own: %s", (status, isFetchs) => {
  const answer = ociAnswer({ status, headers: {}, body: "" }, "");
  expect([answer instanceof Response, answer.status, answer.statusText]).toEqual([isFetchs, status, ""]);
});

test("a pause that is prolonged again and again ends a request unsent, and says why", async () => {
  const clock = createInstantClock();
  const gate = createRateGate({
    ...clock,
    sleep: async (ms) => {
      await clock.sleep(ms);
      gate.close("a realm", undefined, 1_000);
    },
  });
  gate.close("a realm", undefined, 1_000);
  const thrown = await thrownBy(() => gate.pass("a realm", Number.POSITIVE_INFINITY, false));
  expect(thrown).toBeInstanceOf(RatePausedError);
  expect(thrown).toMatchObject({ pauseMs: 1_000, message: "a pause after 429 does not fit into the time left" });
  expect(clock.slept).toHaveLength(19);
});

describe("the cache of tokens", () => {
  const tokenOf = (name: string, expiresAt = Number.MAX_SAFE_INTEGER): Token => ({
    value: new Secret(name),
    expiresAt,
  });
  const never = () => Promise.reject(new Error("nothing is to be fetched"));

  test("holds a thousand, and lets the oldest go for one more", async () => {
    const cache = createTokenCache(createInstantClock());
    for (let at = 0; at < 1_000; at += 1) cache.put(`key-${at}`, tokenOf(`${at}`));
    expect((await cache.get("key-0", 0, never)).value.reveal()).toBe("0");
    cache.put("key-1000", tokenOf("1000"));
    expect((await cache.get("key-1", 0, never)).value.reveal()).toBe("1");
    expect((await cache.get("key-0", 0, async () => tokenOf("anew"))).value.reveal()).toBe("anew");
  });

  test("fetches a token although the old one is dropped just then", async () => {
    const cache = createTokenCache(createInstantClock());
    cache.put("key", tokenOf("old", 0));
    const got = cache.get("key", 0, async () => tokenOf("new"));
    cache.drop("key");
    expect((await got).value.reveal()).toBe("new");
  });
});
