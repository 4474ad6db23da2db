import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import type { ReadBack } from "../../../../../src/clients/issuers/issuer.ts";
import { readBack } from "../../../../../src/rotation/stages/regenerate/read-back.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { accepted, type Run, rejected, said, startRun } from "../../rig.ts";
import { refusing } from "../../toy-issuer.ts";

describe("reading the client secret back", () => {
  const read = (value: string): ReadBack => ({ outcome: "read", clientSecret: new Secret(value) });
  const reading = (answer: ReadBack, login: typeof accepted | typeof rejected = accepted) =>
    startRun({ issuer: { readBack: async () => answer, login: async () => login } });
  const ask = ({ context, attempt, seen }: Run) => readBack({ context, attempt, snapshot: seen });

  test("takes another value than CURRENT's into hand, with the verdict of its login", async () => {
    const run = await reading(read("S8"));
    expect(await ask(run)).toEqual({ outcome: "read-back-accepted", next: "decide" });
    expect(run.requested).toEqual(["read by own"]);
    expect(run.attempt.requests).toMatchObject({ isReadBackSpent: true, mints: 0 });
    const { unsaved } = run.attempt;
    expect(unsaved).toMatchObject({ isMinted: false, isCopy: false, login: accepted });
    expect(unsaved?.credential.clientSecret.reveal()).toBe("S8");
  });

  test("of a value whose login is not answered keeps it in hand", async () => {
    const unknown = { verdict: "unknown", error: said("ISSUER_UNAVAILABLE"), final: false } as const;
    const run = await startRun({ issuer: { readBack: async () => read("S8"), login: async () => unknown } });
    expect(await ask(run)).toEqual({ outcome: "read-back-unknown", next: "decide" });
    expect(run.attempt.unsaved?.login).toBe(unknown);
  });

  test.each<[string, ReadBack]>([
    ["CURRENT's own value", read("S7")],
    ["a value with which no version can hold the content", read("S".repeat(30_000))],
    ["nothing", { outcome: "not-readable", isProofAlive: true }],
  ])("that brings %s is spent", async (_what, answer) => {
    const run = await reading(answer);
    expect(await ask(run)).toEqual({ outcome: "not-readable", next: "decide" });
    expect(run.attempt).toMatchObject({ requests: { isReadBackSpent: true }, unsaved: null });
  });

  test("that is not answered is tried again after a while", async () => {
    const run = await reading({ outcome: "unknown", error: said("ISSUER_UNAVAILABLE") });
    expect(await ask(run)).toEqual({ outcome: "read-back-unknown", next: "look", isRetry: true });
    expect(run.attempt.requests).toMatchObject({ isReadBackSpent: false, readBackSince: run.clock.monotonic() });
  });

  test("whose token is refused goes on with whatever is left", async () => {
    const run = await reading({ outcome: "proof-refused" });
    expect(await ask(run)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(run.attempt.authorities.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(run.attempt.requests.isReadBackSpent).toBe(false);
  });

  test("of a value that is refused is tried again until every node can have heard of it", async () => {
    const run = await reading(read("S8"), rejected);
    const early = { outcome: "read-back-rejected", next: "look", isRetry: true };
    expect(await ask(run)).toEqual({ ...early, endsIn: 60_000 });
    expect(run.attempt).toMatchObject({ unsaved: null, requests: { isReadBackSpent: false } });
    run.clock.advance(59_999);
    expect(await ask(run)).toEqual({ ...early, endsIn: 1 });
    run.clock.advance(1);
    expect(await ask(run)).toEqual({ ...early, isRetry: false });
    expect(run.attempt).toMatchObject({ unsaved: null, requests: { isReadBackSpent: true } });
  });

  test("needs an authority that may ask", async () => {
    const run = await reading(read("S8"));
    run.attempt.authorities.token = null;
    await expectFailure(() => ask(run), "INTERNAL", "reading back was decided with nothing to read by");
    run.attempt.authorities.others = [refusing("first")];
    expect(await ask(run)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(run.requested).toEqual([]);
  });
});

test("a value that is read back and fits into no version is none that can be read", async () => {
  const run = await startRun({
    issuer: { readBack: async () => ({ outcome: "read", clientSecret: new Secret("z".repeat(25_600)) }) },
  });
  expect(await readBack({ context: run.context, attempt: run.attempt, snapshot: run.seen })).toEqual({
    outcome: "not-readable",
    next: "decide",
  });
  expect(run.attempt.unsaved).toBeNull();
});
