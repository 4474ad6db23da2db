import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Authority, Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { prepare } from "../../../../src/rotation/stages/fetch-token.ts";
import { expectFailure } from "../../../support/failures.ts";
import { bearer, toyClient } from "../../../support/held.ts";
import { credential, type Written } from "../rig.ts";
import {
  type Acting,
  accepted,
  createActing,
  current,
  note,
  refusing,
  rejected,
  unreadable,
  willing,
} from "./acting.ts";

/** So many more versions, none of which may be tidied. */
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
  const go = ({ context, attempt, seen }: Acting) => prepare(context, attempt, seen);

  test("gets the token of CURRENT's login, and says where no way back is proven", async () => {
    const acting = await createActing({ issuer: { login: async () => accepted } });
    note(acting, 7, accepted);
    expect(await go(acting)).toEqual({ outcome: "prepared", next: "decide" });
    expect(acting.attempt.isPrepared).toBe(true);
    expect(acting.attempt.token?.value.reveal()).toBe("token");
    expect(acting.attempt.warning?.what).toContain("no way back is proven");
  });

  test("needs four slots while CURRENT is good, three to finish what has killed it, and no token then", async () => {
    const good = await createActing({ versions: [current, ...crowd(26)], issuer: { login: async () => accepted } });
    note(good, 7, accepted);
    await expectFailure(() => go(good), "NO_VERSION_SLOTS", "needs 4");
    const dead = await createActing({ versions: [current, ...crowd(26)] });
    note(dead, 7, rejected);
    expect(await go(dead)).toEqual({ outcome: "prepared", next: "decide" });
    expect(dead.attempt.warning).toBeNull();
    const full = await createActing({ versions: [current, ...crowd(27)] });
    note(full, 7, rejected);
    await expectFailure(() => go(full), "NO_VERSION_SLOTS", "needs 3");
    expect(full.attempt.isPrepared).toBe(false);
  });

  /** A secret with so many older versions, all of which may be tidied. */
  const crowded = (count: number, capabilities: Capabilities | null) =>
    createActing({
      versions: [
        ...Array.from({ length: count }, (_, index): Written => {
          return { no: index + 1, stages: ["DEPRECATED"], content: credential(`S${index}`) };
        }),
        { ...current, no: 40 },
      ],
      environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" },
      ...(capabilities === null ? {} : { issuer: { capabilities } }),
    });

  test.each<[string, Capabilities | null]>([
    ["whose client asks for itself", null],
    ["whose client needs another", otherClient],
  ])("of a full secret %s looks anew once it has made room", async (_what, capabilities) => {
    const acting = await crowded(26, capabilities);
    note(acting, 40, accepted);
    expect(await go(acting)).toEqual({ outcome: "tidied", next: "look" });
    expect(acting.sent.length).toBeGreaterThan(0);
    expect(acting.attempt.isPrepared).toBe(false);
  });

  test("of a full secret whose CURRENT is dead makes no room: who has made that CURRENT has no right to deletions", async () => {
    const acting = await crowded(28, null);
    note(acting, 40, rejected);
    await expectFailure(() => go(acting), "NO_VERSION_SLOTS", "needs 3");
    expect(acting.sent).toEqual([]);
  });

  test.each<[string, boolean]>([
    ["that may not ask for itself", false],
    ["that the issuer gives no token", true],
  ])("of a client %s needs another one that logs in", async (_what, isTokenless) => {
    const issuer = isTokenless ? {} : { capabilities: otherClient };
    const login = isTokenless ? ({ verdict: "accepted", token: null } as const) : accepted;
    async function setUp(options: Parameters<typeof createActing>[0]) {
      const acting = await createActing({ issuer, ...options });
      acting.attempt.token = null;
      note(acting, 7, login);
      return acting;
    }
    const helped = await setUp({ authorities: [refusing("first"), willing("second")] });
    expect(await go(helped)).toEqual({ outcome: "prepared", next: "decide" });
    expect(helped.attempt.authorities?.map(({ name }) => name)).toEqual(["second", "first"]);
    expect(helped.asked).toEqual(["authorities"]);
    const alone = await setUp({ authorities: [refusing("first")] });
    await expectFailure(() => go(alone), "ISSUER_FORBIDDEN", "no second authority that logs in is configured");
    const crowded = await setUp({ versions: [current, ...crowd(26)], authorities: [willing("first")] });
    await expectFailure(() => go(crowded), "NO_VERSION_SLOTS", "needs 4");
  });

  test("of a dead CURRENT has a second authority log in before anything is stored", async () => {
    const dead = async (authorities: readonly Authority[]) => {
      const acting = await createActing({ versions: [current, ...crowd(26)], authorities });
      acting.attempt.token = null;
      note(acting, 7, rejected);
      return acting;
    };
    const helped = await dead([refusing("first"), willing("second")]);
    expect(await go(helped)).toEqual({ outcome: "prepared", next: "decide" });
    expect(helped.attempt.authorization).toEqual(bearer("second", toyClient, "authority"));
    expect(helped.attempt.authorities?.map(({ name }) => name)).toEqual(["second", "first"]);
    const unread = await dead([unreadable("first")]);
    await expectFailure(() => go(unread), "VAULT_FORBIDDEN", "could not be read");
    expect(unread.attempt.isPrepared).toBe(false);
    // Nobody is left to ask: what that means is for the table to say.
    const alone = await dead([refusing("first")]);
    expect(await go(alone)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(alone.attempt.isPrepared).toBe(false);
  });

  test("of a dead CURRENT asks no second authority while a token lives", async () => {
    const acting = await createActing({ authorities: [willing("first")] });
    note(acting, 7, rejected);
    expect(await go(acting)).toEqual({ outcome: "prepared", next: "decide" });
    expect(acting.asked).toEqual([]);
    expect(acting.attempt.authorization).toBeNull();
  });

  test("that has no time left says why the claim could not be written, where that took the time", async () => {
    const acting = await createActing();
    note(acting, 7, accepted);
    acting.rig.clock.advance(270_000);
    await expectFailure(() => go(acting), "DEADLINE_TOO_SHORT");
    acting.attempt.writeFailure = new RotationError("VAULT_UNAVAILABLE", "the claim met 500");
    await expectFailure(() => go(acting), "VAULT_UNAVAILABLE", "the claim met 500");
    const full = await createActing({ versions: [current, ...crowd(29)] });
    full.attempt.writeFailure = acting.attempt.writeFailure;
    note(full, 7, accepted);
    await expectFailure(() => go(full), "NO_VERSION_SLOTS");
  });
});
