/** What every request to an issuer makes of the network's troubles: one suite for all issuers. */
import type nock from "nock";
import { describe, expect, test } from "vitest";
import { rateKey } from "../../src/clients/issuers/client.ts";
import type { Authorization, Credential } from "../../src/clients/issuers/issuer.ts";
import { expectNoTrace } from "./failures.ts";
import { bearer } from "./held.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "./hostile-replies.ts";
import type { InstantClock } from "./instant-clock.ts";
import { createRig, type Rig } from "./issuer-rig.ts";

/** A credential of the issuer, and what none of its results may tell. */
export interface IssuerUnderTest {
  readonly open: (rig: Rig) => Credential;
  readonly token: string;
  /** Whose token that is; not given: the client's own. */
  readonly by?: Authorization["by"];
  readonly secrets: readonly [string, ...string[]];
}

/** One call of the credential. */
export interface Call {
  /** Its request, as nock awaits it. Requests before it are answered well. */
  readonly intercept: () => nock.Interceptor;
  readonly send: (credential: Credential, authorization: Authorization) => Promise<object>;
}

/** What a call says in trouble. */
interface Says {
  /** The issuer may have acted on the request, or said nothing. */
  readonly unknown: object;
  /** Nothing can have been sent. */
  readonly notSent: object;
  readonly redirected: object;
  /** The pause after an earlier 429. */
  readonly inPause: "waits" | "refused";
}

function tellsNetworkOutcomes(issuer: IssuerUnderTest, { intercept, send }: Call, says: Says): void {
  const [secret] = issuer.secrets;
  const setUp = (budgetMs?: number) => {
    const rig = createRig(budgetMs);
    const credential = issuer.open(rig);
    const run = async () => {
      const result = await send(credential, bearer(issuer.token, credential.client, issuer.by));
      for (const quiet of [...issuer.secrets, issuer.token]) expectNoTrace(result, quiet);
      return result;
    };
    return { ...rig, client: credential.client, run };
  };

  test.each<[string, (i: nock.Interceptor) => unknown, code: string]>([
    ["a reset connection", (i) => i.replyWithError(errorWithCode("ECONNRESET", secret)), "ISSUER_UNAVAILABLE"],
    ["an answer cut off", (i) => i.reply(200, breaksAfter(`{"secret":"${secret}`)), "ISSUER_UNAVAILABLE"],
    ["too large an answer", (i) => i.reply(200, tooLarge), "VERDICT_UNKNOWN"],
    ["429", (i) => i.reply(429, { error: "invalid_client" }), "ISSUER_UNAVAILABLE"],
    ["500", (i) => i.reply(500, { secret, clientSecret: secret }), "ISSUER_UNAVAILABLE"],
    ["502", (i) => i.reply(502, `<html>${secret}</html>`), "ISSUER_UNAVAILABLE"],
    ["503", (i) => i.reply(503), "ISSUER_UNAVAILABLE"],
  ])("is unknown after %s, and sends nothing twice", async (_what, answer, code) => {
    answer(intercept());
    expect(await setUp().run()).toMatchObject({ ...says.unknown, error: { code } });
  });

  test.each<[string, (clock: InstantClock) => () => unknown]>([
    ["never comes", (clock) => neverAnswers(clock).reply as () => unknown],
    ["stops in the middle", (clock) => stallsAfter(`{"secret":"${secret}`, clock)],
  ])("is unknown when an answer %s, and leaves no request behind", async (_what, reply) => {
    const { clock, run } = setUp();
    intercept().reply(200, reply(clock));
    expect(await run()).toMatchObject({ ...says.unknown, error: { code: "ISSUER_UNAVAILABLE" } });
    expect(clock.running).toBe(0);
  });

  test("destroys a request that nothing answers at the deadline", async () => {
    const { clock, run } = setUp();
    const { reply, destroyed } = neverAnswers(clock);
    intercept().reply(200, reply);
    await run();
    await destroyed;
  });

  test.each([
    ["ECONNREFUSED", "ISSUER_UNAVAILABLE"],
    ["ENOTFOUND", "ISSUER_UNAVAILABLE"],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED"],
  ])("is known not to have been sent after %s", async (errno, code) => {
    intercept().replyWithError(errorWithCode(errno, secret));
    expect(await setUp().run()).toMatchObject({ ...says.notSent, error: { code } });
  });

  test.each([301, 302, 303, 307, 308])("follows no redirect with %i", async (status) => {
    intercept().reply(status, "", { location: "https://elsewhere.example.org/" });
    expect(await setUp().run()).toMatchObject(says.redirected);
  });

  const { inPause, notSent } = says;
  test(`${inPause === "waits" ? "waits for the end of" : "is not sent during"} a pause after an earlier 429`, async () => {
    const { client, gate, clock, run } = setUp();
    gate.close(rateKey(client), "90", 60_000);
    if (inPause === "waits") intercept().reply(503);
    const result = await run();
    if (inPause === "refused") expect(result).toMatchObject({ ...notSent, error: { code: "ISSUER_UNAVAILABLE" } });
    expect(clock.slept).toEqual(inPause === "waits" ? [90_000] : []);
  });

  test("sends nothing while a pause does not fit into the time left, and says so", async () => {
    const { client, gate, clock, run } = setUp(50_000);
    gate.close(rateKey(client), undefined, 60_000);
    expect(await run()).toMatchObject({ ...notSent, error: { code: "ISSUER_UNAVAILABLE" } });
    expect(clock.slept).toEqual([]);
  });
}

/** How a change at the issuer is sent: once, or not at all. */
export interface Change extends Call {
  /** "waits" if a question to the issuer comes before the change; not given: "refused". */
  readonly inPause?: Says["inPause"];
  /** What an OCI signature as the proof comes to; not given: "refused". */
  readonly bySignature?: "refused" | "taken";
}

export function changesTheIssuer(name: string, issuer: IssuerUnderTest, change: Change): void {
  describe(name, () => {
    const { inPause = "refused", bySignature = "refused" } = change;
    const unknown = { outcome: "unknown" };
    tellsNetworkOutcomes(issuer, change, { unknown, notSent: { outcome: "refused" }, redirected: unknown, inPause });
    if (bySignature === "taken") return;
    test("by an OCI signature is a defect of ours, and nothing is sent", async () => {
      const credential = issuer.open(createRig());
      const signer = { signHttpRequest: () => Promise.resolve() };
      const authorization: Authorization = { kind: "signature", client: credential.client, by: "authority", signer };
      expect(await change.send(credential, authorization)).toMatchObject({
        outcome: "refused",
        error: { code: "INTERNAL" },
      });
    });
  });
}

/** A question to the issuer: it waits for the end of a pause, and no answer is no verdict. */
export function asksTheIssuer(name: string, issuer: IssuerUnderTest, call: Call): void {
  describe(name, () => {
    const unknown = { outcome: "unknown" };
    const redirected = { outcome: "not-readable" };
    tellsNetworkOutcomes(issuer, call, { unknown, notSent: unknown, redirected, inPause: "waits" });
  });
}

/** A login: a question whose answer is a verdict on the client secret. */
export function logsInAtTheIssuer(issuer: IssuerUnderTest, intercept: Call["intercept"]): void {
  describe("a login", () => {
    const unknown = { verdict: "unknown" };
    const send = (credential: Credential) => credential.login(null);
    tellsNetworkOutcomes(
      issuer,
      { intercept, send },
      { unknown, notSent: unknown, redirected: unknown, inPause: "waits" },
    );
  });
}
