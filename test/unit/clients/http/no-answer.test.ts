import nock from "nock";
import { describe, expect, test } from "vitest";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import { nextAfter, noAnswerOf } from "../../../../src/clients/http/no-answer.ts";
import { ProxyError, TransportError } from "../../../../src/clients/http/transport.ts";
import { thrownBy } from "../../../support/failures.ts";
import { errorWithCode, neverAnswers } from "../../../support/hostile-replies.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const ORIGIN = "https://vault.example.org:8443";
const HOST = "vault.example.org:8443";

function send(more: object = {}, clock = createInstantClock()) {
  const url = `${ORIGIN}/a?secret`;
  return thrownBy(() =>
    createNetworkTransport(clock)({ method: "GET", url, headers: {}, deadline: clock.monotonic() + 1_000, ...more }),
  );
}

describe("why there is no answer", () => {
  test.each([
    ["ENOTFOUND", "the host vault.example.org is unknown", /^correct the region or the address/],
    ["EAI_AGAIN", "no name server answered for the host vault.example.org", /name server/],
    ["ECONNREFUSED", `${HOST} refuses connections`, /port/],
    ["EHOSTUNREACH", `there is no route to ${HOST}`, /route/],
    ["ENETUNREACH", `there is no route to ${HOST}`, /HTTPS_PROXY/],
    ["ETIMEDOUT", `no connection to ${HOST} came about`, /firewalls/],
    ["ECONNRESET", `the connection to ${HOST} broke off (ECONNRESET)`, null],
    ["EPROTO", `${HOST} does not speak TLS as expected (EPROTO)`, /port/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", `${HOST} does not speak TLS as expected (ERR_SSL_WRONG_VERSION_NUMBER)`, /port/],
    ["CERT_HAS_EXPIRED", `the certificate of ${HOST} has expired`, /renewed/],
    ["CERT_NOT_YET_VALID", `the certificate of ${HOST} is not valid yet`, /clock/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", `the certificate of ${HOST} is for another name`, /address/],
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      `the certificate of ${HOST} comes from an authority that is not trusted`,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      `the certificate of ${HOST} comes from an authority that is not trusted`,
      /which server answers/,
    ],
  ])("after %s is told with the host, also from the bare text, and with what to do", async (code, why, next) => {
    nock(ORIGIN).get("/a?secret").replyWithError(errorWithCode(code));
    const thrown = await send();
    const told = noAnswerOf(thrown);
    expect(told).toEqual({ why, isProxy: false, next: next === null ? null : expect.stringMatching(next) });
    expect(noAnswerOf({ message: (thrown as Error).message })).toEqual(told);
    if (told === null) throw new Error("not told");
    expect(nextAfter(told)).toEqual(
      next === null ? undefined : expect.stringMatching(/, then try again: no working client secret was given up$/),
    );
  });

  test("is the time, where it ran out", async () => {
    const clock = createInstantClock();
    nock(ORIGIN).get("/a?secret").reply(200, neverAnswers(clock).reply);
    expect(noAnswerOf(await send({}, clock))).toMatchObject({
      why: `${HOST} gave no complete answer in time`,
      next: null,
    });
  });

  test("is the proxy, with its host and the server's", () => {
    const error = new ProxyError("UNREACHABLE", "answered CONNECT with 502").between("proxy.example:3128", HOST);
    expect(noAnswerOf(error)).toEqual({
      why: `the proxy of HTTPS_PROXY answered CONNECT with 502 (proxy.example:3128, for ${HOST})`,
      next: expect.stringContaining("check HTTPS_PROXY"),
      isProxy: true,
    });
  });

  test("names a host of colons without its port alone", () => {
    expect(noAnswerOf({ message: "UNREACHABLE: ENOTFOUND at [2001:db8::1]:8443" })).toMatchObject({
      why: "the host [2001:db8::1] is unknown",
    });
  });

  test("is not told of a target that someone else chose", async () => {
    nock(ORIGIN).get("/a?secret").replyWithError(errorWithCode("ECONNREFUSED"));
    const thrown = await send({ untrusted: { address: null } });
    expect(thrown).toMatchObject({ message: "UNREACHABLE: ECONNREFUSED" });
    expect(noAnswerOf(thrown)).toBe(null);
  });

  test.each([
    new TransportError("CONNECTION_LOST", true, "connection closed before an answer"),
    new TransportError("UNREACHABLE", false, "ENOTFOUND at evil.example and more"),
    { message: "ENOTFOUND at vault.example.org" },
    { message: 7 },
    "UNREACHABLE: ENOTFOUND at vault.example.org",
    "disabled",
    null,
  ])("is not made up from other text", (thrown) => {
    expect(noAnswerOf(thrown)).toBe(null);
  });
});
