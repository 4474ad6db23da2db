import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Authority, Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { prepare } from "../../../../src/rotation/stages/fetch-token.ts";
import { expectFailure } from "../../../support/failures.ts";
import { bearer, toyClient } from "../../../support/held.ts";
import { accepted, credential, current, noteLogin, type Run, rejected, startRun, type Written } from "../rig.ts";
import { refusing, unreadable, willing } from "../toy-issuer.ts";

/** This many more versions, none of which may be tidied. */
const crowd = (count: number): Written[] =>
  Array.from({ length: count }, (_, index) => ({
    no: index + 10,
    stages: ["PENDING"],
    content: credential(`S${index + 10}`),
    ageSeconds: 30 * 86_400,
  }));

const otherClient: Capabilities = {
  valueChosenBy: "issuer",
  readBack: "no",
  overlap: "none",
  authorities: ["other-client"],
  repeatMint: "last-wins",
};

describe("preflight", () => {
  const go = ({ context, attempt, seen }: Run) => prepare({ context, attempt, snapshot: seen });

  test("gets the token of CURRENT's login, and says if no way back is proven", async () => {
    const run = await startRun({ issuer: { login: async () => accepted } });
    noteLogin(run.attempt, run, 7, accepted);
    expect(await go(run)).toEqual({ outcome: "prepared", next: "decide" });
    expect(run.attempt.isPrepared).toBe(true);
    expect(run.attempt.authorities.token?.value.reveal()).toBe("token");
    expect(run.attempt.warning?.what).toContain("no way back is proven");
  });

  test("needs four slots while CURRENT is good, three to finish what has killed it, and no token then", async () => {
    const good = await startRun({ versions: [current, ...crowd(26)], issuer: { login: async () => accepted } });
    noteLogin(good.attempt, good, 7, accepted);
    await expectFailure(() => go(good), "NO_VERSION_SLOTS", "needs 4");
    const dead = await startRun({ versions: [current, ...crowd(26)] });
    noteLogin(dead.attempt, dead, 7, rejected);
    expect(await go(dead)).toEqual({ outcome: "prepared", next: "decide" });
    expect(dead.attempt.warning).toBeNull();
    const full = await startRun({ versions: [current, ...crowd(27)] });
    noteLogin(full.attempt, full, 7, rejected);
    await expectFailure(() => go(full), "NO_VERSION_SLOTS", "needs 3");
    expect(full.attempt.isPrepared).toBe(false);
  });

  /** A secret with this many older versions, all of which may be tidied. */
  const crowded = (count: number, capabilities: Capabilities | null) =>
    startRun({
      versions: [
        ...Array.from({ length: count }, (_, index): Written => {
          return { no: index + 1, stages: ["DEPRECATED"], content: credential(`S${index}`) };
        }),
        { ...current, no: 40 },
      ],
      environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" },
      ...(capabilities === null ? {} : { capabilities }),
    });

  test.each<[string, Capabilities | null]>([
    ["whose client asks for itself", null],
    ["whose client needs another", otherClient],
  ])("of a full secret %s looks again once it has made room", async (_what, capabilities) => {
    const run = await crowded(26, capabilities);
    noteLogin(run.attempt, run, 40, accepted);
    expect(await go(run)).toEqual({ outcome: "tidied", next: "look" });
    expect(run.sent.length).toBeGreaterThan(0);
    expect(run.attempt.isPrepared).toBe(false);
  });

  test("of a full secret whose CURRENT is dead makes no room: who has made that CURRENT has no right to deletions", async () => {
    const run = await crowded(28, null);
    noteLogin(run.attempt, run, 40, rejected);
    await expectFailure(() => go(run), "NO_VERSION_SLOTS", "needs 3");
    expect(run.sent).toEqual([]);
  });

  test.each<[string, boolean]>([
    ["that may not ask for itself", false],
    ["that the issuer gives no token", true],
  ])("of a client %s needs another one that logs in", async (_what, isTokenless) => {
    const capabilities = isTokenless ? {} : otherClient;
    const login = isTokenless ? ({ verdict: "accepted", token: null } as const) : accepted;
    async function setUp(options: Parameters<typeof startRun>[0]) {
      const run = await startRun({ capabilities, ...options });
      run.attempt.authorities.token = null;
      noteLogin(run.attempt, run, 7, login);
      return run;
    }
    const helped = await setUp({ authorities: [refusing("first"), willing("second")] });
    expect(await go(helped)).toEqual({ outcome: "prepared", next: "decide" });
    expect(helped.attempt.authorities.others?.map(({ name }) => name)).toEqual(["second", "first"]);
    expect(helped.requested).toEqual(["authorities", "login of first", "login of second"]);
    const alone = await setUp({ authorities: [refusing("first")] });
    await expectFailure(() => go(alone), "ISSUER_FORBIDDEN", "no second authority that logs in is configured");
    const crowded = await setUp({ versions: [current, ...crowd(26)], authorities: [willing("first")] });
    await expectFailure(() => go(crowded), "NO_VERSION_SLOTS", "needs 4");
  });

  test("of a dead CURRENT has a second authority log in before anything is stored", async () => {
    const dead = async (authorities: readonly Authority[]) => {
      const run = await startRun({ versions: [current, ...crowd(26)], authorities });
      run.attempt.authorities.token = null;
      noteLogin(run.attempt, run, 7, rejected);
      return run;
    };
    const helped = await dead([refusing("first"), willing("second")]);
    expect(await go(helped)).toEqual({ outcome: "prepared", next: "decide" });
    expect(helped.attempt.authorities.authorization).toEqual(bearer("second", toyClient, "authority"));
    expect(helped.attempt.authorities.others?.map(({ name }) => name)).toEqual(["second", "first"]);
    const unread = await dead([unreadable("first")]);
    await expectFailure(() => go(unread), "VAULT_FORBIDDEN", "could not be read");
    expect(unread.attempt.isPrepared).toBe(false);
    // No authority is left to ask; the table decides what that means.
    const alone = await dead([refusing("first")]);
    expect(await go(alone)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(alone.attempt.isPrepared).toBe(false);
  });

  test("of a dead CURRENT is not ended without the time to store a value", async () => {
    const run = await startRun();
    noteLogin(run.attempt, run, 7, rejected);
    run.clock.advance(270_000);
    await expectFailure(() => go(run), "DEADLINE_TOO_SHORT");
    expect(run.attempt.isPrepared).toBe(false);
  });

  test("of a CURRENT that was not asked goes by what the issuer says to the login for the token", async () => {
    const run = await startRun({ issuer: { login: async () => accepted } });
    expect(await go(run)).toEqual({ outcome: "prepared", next: "decide" });
    expect(run.attempt.authorities.token?.value.reveal()).toBe("token");
    const dead = await startRun({ issuer: { login: async () => rejected } });
    await expectFailure(() => go(dead), "VERDICT_UNKNOWN");
  });

  test("of a dead CURRENT asks no second authority while a token lives", async () => {
    const run = await startRun({ authorities: [willing("first")] });
    noteLogin(run.attempt, run, 7, rejected);
    expect(await go(run)).toEqual({ outcome: "prepared", next: "decide" });
    expect(run.requested).toEqual([]);
    expect(run.attempt.authorities.authorization).toBeNull();
  });

  test("that has no time left says why the claim could not be written, if that took the time", async () => {
    const run = await startRun();
    noteLogin(run.attempt, run, 7, accepted);
    run.clock.advance(270_000);
    await expectFailure(() => go(run), "DEADLINE_TOO_SHORT");
    run.attempt.writes.writeFailure = new RotationError("VAULT_UNAVAILABLE", "the claim met 500");
    await expectFailure(() => go(run), "VAULT_UNAVAILABLE", "the claim met 500");
    const full = await startRun({ versions: [current, ...crowd(29)] });
    full.attempt.writes.writeFailure = run.attempt.writes.writeFailure;
    noteLogin(full.attempt, full, 7, accepted);
    await expectFailure(() => go(full), "NO_VERSION_SLOTS");
  });
});
