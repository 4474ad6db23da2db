import nock from "nock";
import { describe, expect, test } from "vitest";
import {
  type ClientAuth,
  clientSecretBasic,
  rawBasicProof,
  requestToken,
  type TokenEndpoint,
} from "../../../../src/clients/issuers/token-request.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { errorWithCode, neverAnswers } from "../../../support/hostile-replies.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const HOST = "https://issuer.example.org";
const SECRET = "canary/+9c1f~4711";
const endpoint: TokenEndpoint = { url: `${HOST}/token`, scope: null, who: "the toy", refusalOf: () => null };
const form: ClientAuth = { headers: {}, form: { client_id: "app client", client_secret: SECRET } };

const basicOf = ({ headers }: ClientAuth) =>
  Buffer.from(headers["authorization"]?.replace("Basic ", "") ?? "", "base64").toString();

describe("a token request", () => {
  test("is one form with the grant and what the client shows", async () => {
    nock(HOST, {
      reqheaders: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      badheaders: ["authorization"],
    })
      .post("/token", "grant_type=client_credentials&client_id=app+client&client_secret=canary%2F%2B9c1f%7E4711")
      .reply(200, { access_token: "t", expires_in: 60 });
    const rig = createRig();
    const login = await requestToken(endpoint, form, rig);
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: rig.clock.monotonic() + 60_000 } });
  });

  test("asks for the scope of the endpoint, and sends the headers by which a client shows itself", async () => {
    nock(HOST, { reqheaders: { authorization: `Basic ${Buffer.from(`app:${SECRET}`).toString("base64")}` } })
      .post("/token", "grant_type=client_credentials&scope=a+b%2Fc")
      .reply(200, { access_token: "t" });
    const login = await requestToken({ ...endpoint, scope: "a b/c" }, rawBasicProof("app", SECRET), createRig());
    expect(login.verdict).toBe("accepted");
  });

  test("is judged by what the endpoint says of refusals, in its own name", async () => {
    nock(HOST).post("/token").reply(401, { error: "x" }).post("/token").reply(401, { error: "x" });
    const rejecting = { ...endpoint, refusalOf: () => "rejected" as const };
    expect(await requestToken(rejecting, form, createRig())).toEqual({ verdict: "rejected" });
    const knowing = { ...endpoint, refusalOf: () => "secret-good" as const };
    expect(await requestToken(knowing, form, createRig())).toEqual({ verdict: "accepted", token: null });
  });

  test("that is refused by nothing that the endpoint knows leaves the verdict unknown", async () => {
    nock(HOST).post("/token").reply(503);
    expect(await requestToken(endpoint, form, createRig())).toMatchObject({
      verdict: "unknown",
      final: false,
      error: { code: "ISSUER_UNAVAILABLE", message: "the toy answered the token request with 503" },
    });
  });

  test.each([
    ["ECONNREFUSED", "ISSUER_UNAVAILABLE", false],
    ["ECONNRESET", "ISSUER_UNAVAILABLE", false],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED", true],
  ])("that ends with %s never throws, and tells no secret", async (code, expected, final) => {
    nock(HOST).post("/token").replyWithError(errorWithCode(code, SECRET));
    const login = await requestToken(endpoint, form, createRig());
    expect(login).toMatchObject({ verdict: "unknown", final, error: { code: expected } });
    expectNoTrace(login, SECRET);
  });

  test("counts the token's life from before the request: a slow answer makes it no longer", async () => {
    const rig = createRig();
    const before = rig.clock.monotonic();
    nock(HOST)
      .post("/token")
      .reply(200, () => {
        rig.clock.advance(9_000);
        return { access_token: "t", expires_in: 100 };
      });
    expect(await requestToken(endpoint, form, rig)).toMatchObject({ token: { expiresAt: before + 100_000 } });
  });

  test("that nothing answers is given up at the deadline", async () => {
    const rig = createRig();
    nock(HOST).post("/token").reply(200, neverAnswers(rig.clock).reply);
    expect(await requestToken(endpoint, form, rig)).toMatchObject({
      verdict: "unknown",
      error: {
        message: "the toy did not answer the token request: issuer.example.org gave no complete answer in time",
      },
    });
    expect(rig.clock.running).toBe(0);
  });
});

describe("id and secret in a Basic header", () => {
  test("stand there raw for issuers that take them so", () => {
    expect(basicOf(rawBasicProof("app x y", "a b+c/%é:"))).toBe("app x y:a b+c/%é:");
  });

  test("stand there form-encoded where RFC 6749 is followed, so that a colon separates nothing", () => {
    expect(basicOf(clientSecretBasic("app:x y", "a b+c/%é"))).toBe("app%3Ax+y:a+b%2Bc%2F%25%C3%A9");
  });

  test("are the same both ways for ids and secrets of plain letters", () => {
    expect(clientSecretBasic("app-1_a", "A-z_9")).toEqual(rawBasicProof("app-1_a", "A-z_9"));
    expect(clientSecretBasic("app", "x").form).toEqual({});
  });
});
