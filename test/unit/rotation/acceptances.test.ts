import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Client, IssuerAlias } from "../../../src/clients/issuers/client.ts";
import type { Credential, Mint } from "../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../src/clients/issuers/verdict.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import { createAcceptances } from "../../../src/rotation/acceptances.ts";
import { bearer, toyClient } from "../../support/held.ts";
import { createInstantClock } from "../../support/instant-clock.ts";
import { credential as content, createRig } from "./rig.ts";

const failure = new RotationError("ISSUER_UNAVAILABLE", "no answer");
const answers = {
  accepted: { verdict: "accepted", token: null },
  rejected: { verdict: "rejected" },
  unknown: { verdict: "unknown", error: failure, final: false },
} as const satisfies Record<string, Login>;
type Answer = keyof typeof answers;

/** A process that logs in with the toy's client secrets; the issuer's next answer is what the test says. */
function createProcess(aliases: readonly IssuerAlias[] = []) {
  const clock = createInstantClock();
  const acceptances = createAcceptances(clock);
  const plain = createRig([]).context.clients.issuers.open(parseContent(new Secret(JSON.stringify(content("S1")))));
  let answer: Login = answers.accepted;
  const mints: { next: Promise<Mint> } = { next: Promise.resolve({ outcome: "refused", error: failure }) };
  const credentialOf = (client: Client, clientSecret: Secret): Credential => ({
    ...plain,
    client,
    clientSecret,
    withSecret: (other) => credentialOf(client, other),
    login: async () => {
      clock.advance(1_000);
      return answer;
    },
    mint: () => mints.next,
    retire: async () => ({ outcome: "retired" }),
  });
  const of = (value: string, client: Client = toyClient) =>
    acceptances.remembering(credentialOf(client, new Secret(value)), aliases);
  return {
    acceptances,
    clock,
    mints,
    of,
    async logIn(credential: Credential, verdict: Answer) {
      answer = answers[verdict];
      return credential.login(null);
    },
    has: (value: string, client: Client = toyClient) => acceptances.has({ client, clientSecret: new Secret(value) }),
  };
}

describe("an acceptance", () => {
  test("is kept for this very value at this very client, and the login stays as it was", async () => {
    const { of, logIn, has } = createProcess();
    expect(has("S1")).toBe(false);
    expect(await logIn(of("S1"), "accepted")).toBe(answers.accepted);
    expect([has("S1"), has("S2"), has("S1", { ...toyClient, clientId: "another" })]).toEqual([true, false, false]);
    expect(has("S1", { ...toyClient, base: "https://elsewhere.example.org" })).toBe(false);
  });

  test("is kept of another value of the same client as well", async () => {
    const { of, logIn, has } = createProcess();
    await logIn(of("S1"), "accepted");
    await logIn(of("S1").withSecret(new Secret("S2")), "accepted");
    expect([has("S1"), has("S2")]).toEqual([true, true]);
  });

  test("lasts a minute from when the login was sent, and a new login starts a new minute", async () => {
    const { of, logIn, has, clock } = createProcess();
    await logIn(of("S1"), "accepted");
    clock.advance(58_999);
    expect(has("S1")).toBe(true);
    clock.advance(1);
    expect(has("S1")).toBe(false);
    await logIn(of("S1"), "accepted");
    clock.advance(58_999);
    expect(has("S1")).toBe(true);
  });

  test("ends with a refusal of the value, and with no answer that says nothing of it", async () => {
    const { of, logIn, has } = createProcess();
    await logIn(of("S1"), "accepted");
    await logIn(of("S1"), "unknown");
    await logIn(of("S2"), "rejected");
    expect(has("S1")).toBe(true);
    await logIn(of("S1"), "rejected");
    expect(has("S1")).toBe(false);
  });

  test.each<[string, (credential: Credential) => Promise<unknown>]>([
    ["a mint", (credential) => credential.mint(bearer("token"))],
    ["an install", (credential) => credential.install(bearer("token"), credential, "keep")],
    ["a retirement", (credential) => credential.retire(bearer("token"), credential)],
  ])("ends with %s at its client, whatever becomes of that, and stays at others", async (_what, change) => {
    const { of, logIn, has } = createProcess();
    const other = { ...toyClient, clientId: "another" };
    await logIn(of("S1"), "accepted");
    await logIn(of("S1", other), "accepted");
    await change(of("S2"));
    expect([has("S1"), has("S1", other)]).toEqual([false, true]);
  });

  test("ends with a change under the client's other address too", async () => {
    const moved = { ...toyClient, base: "https://new.example.org" };
    const { of, logIn, has } = createProcess([
      { from: { base: toyClient.base, realm: toyClient.realm }, to: { base: moved.base, realm: moved.realm } },
    ]);
    await logIn(of("S1"), "accepted");
    await of("S2", moved).mint(bearer("token"));
    expect(has("S1")).toBe(false);
  });

  test("does not stand in while a change is under way that may end the value", async () => {
    const { of, logIn, has, mints } = createProcess();
    await logIn(of("S1"), "accepted");
    let answer: (mint: Mint) => void = () => undefined;
    mints.next = new Promise((resolve) => {
      answer = resolve;
    });
    const minting = of("S1").mint(bearer("token"));
    expect(has("S1")).toBe(false);
    answer({ outcome: "refused", error: failure });
    await minting;
  });

  test("ends with all others once the issuer is to keep one value alone, where it can do that at all", async () => {
    const { of, logIn, has, acceptances } = createProcess();
    await logIn(of("S1"), "accepted");
    expect(of("S2")).not.toHaveProperty("keepAlone");
    const able = acceptances.remembering({ ...of("S2"), keepAlone: async () => ({ outcome: "retired" }) }, []);
    expect(has("S1")).toBe(true);
    expect(await able.keepAlone?.(bearer("token"))).toEqual({ outcome: "retired" });
    expect(has("S1")).toBe(false);
  });

  test("that comes while a change is under way ends with it", async () => {
    const { of, logIn, has, mints } = createProcess();
    let answer: (mint: Mint) => void = () => undefined;
    mints.next = new Promise((resolve) => {
      answer = resolve;
    });
    const minting = of("S1").mint(bearer("token"));
    await logIn(of("S1"), "accepted");
    expect(has("S1")).toBe(true);
    answer({ outcome: "unknown", error: failure });
    await minting;
    expect(has("S1")).toBe(false);
  });

  test("does not stay in memory once its minute is over and a credential is opened", async () => {
    const { of, logIn, clock, acceptances } = createProcess();
    await logIn(of("S1"), "accepted");
    const earlier = { monotonic: () => clock.monotonic() - 60_000 };
    const held = { client: toyClient, clientSecret: new Secret("S1") };
    clock.advance(60_000);
    expect(acceptances.copy(earlier).has(held)).toBe(true);
    of("S2");
    expect(acceptances.copy(earlier).has(held)).toBe(false);
  });

  test("is kept only of the last thousand logins", async () => {
    const { of, logIn, has, clock } = createProcess();
    for (let n = 0; n <= 1_000; n++) {
      await logIn(of(`S${n}`), "accepted");
      clock.advance(-1_000);
    }
    expect([has("S0"), has("S1"), has("S1000")]).toEqual([false, true, true]);
  });
});
