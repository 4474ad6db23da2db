import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { tokenKey } from "../../../../src/clients/http/token-cache.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { logInWithCurrent } from "../../../../src/rotation/stages/verify-current.ts";
import { toyClient } from "../../../support/held.ts";
import { accepted, rejected, startRun } from "../rig.ts";

const unknown: Login = {
  verdict: "unknown",
  error: new RotationError("ISSUER_UNAVAILABLE", "no answer"),
  final: false,
};
const asking = (login: Login, lives: (number | null)[] = []) =>
  startRun({
    issuer: {
      login: async (seconds) => {
        lives.push(seconds);
        return login;
      },
    },
  });

/** What the cache holds for version 7 and 8 after a login with version 7; before it, both had a token. */
async function cachedAfter(login: Login): Promise<string[]> {
  const { context, attempt, seen } = await asking(login);
  const keyOf = (versionNo: number) => tokenKey(context.secretId, versionNo, null);
  const none = { value: new Secret("none"), expiresAt: Number.MAX_SAFE_INTEGER };
  for (const versionNo of [7, 8]) {
    const value = new Secret(`token of ${versionNo}`);
    context.tokens.put(keyOf(versionNo), { value, expiresAt: Number.MAX_SAFE_INTEGER });
  }
  await logInWithCurrent({ context, attempt, snapshot: seen }, { versionNo: 7 });
  return Promise.all(
    [7, 8].map(async (versionNo) => (await context.tokens.get(keyOf(versionNo), 0, async () => none)).value.reveal()),
  );
}

describe("a login with CURRENT", () => {
  test("keeps its verdict, when it was asked, and its token, which lives as long as a claim needs", async () => {
    const lives: (number | null)[] = [];
    const { context, attempt, seen, clock } = await asking(accepted, lives);
    clock.advance(1_000);
    const result = await logInWithCurrent({ context, attempt, snapshot: seen }, { versionNo: 7 });
    expect(result).toEqual({ outcome: "accepted", next: "decide" });
    expect(attempt.read.logins.get(7)).toEqual({ login: accepted, at: clock.monotonic() });
    expect(attempt.authorities.token).toEqual({ client: toyClient, ...accepted.token });
    expect(attempt.authorities.token?.value).toBe(accepted.token.value);
    expect(attempt.read.currentRefusal).toBeNull();
    expect(lives).toEqual([3_600]);
  });

  test("that is refused is counted, and leaves the token that there was", async () => {
    const { context, attempt, seen, clock } = await asking(rejected);
    const result = await logInWithCurrent({ context, attempt, snapshot: seen }, { versionNo: 7 });
    expect(result).toEqual({ outcome: "rejected", next: "decide" });
    expect(attempt.authorities.token?.value.reveal()).toBe("own");
    expect(attempt.read.currentRefusal).toEqual({ versionNo: 7, since: clock.monotonic(), looks: 1 });
  });
});

describe("the token of a login with CURRENT", () => {
  test("is kept for each use, only for that version", async () => {
    expect(await cachedAfter(accepted)).toEqual(["token", "token of 8"]);
  });

  test("stays where the issuer accepts the secret and gives none", async () => {
    expect(await cachedAfter({ verdict: "accepted", token: null })).toEqual(["token of 7", "token of 8"]);
  });

  test("is dropped where the issuer refuses the secret", async () => {
    expect(await cachedAfter(rejected)).toEqual(["none", "token of 8"]);
  });

  test("stays where the issuer does not say", async () => {
    expect(await cachedAfter(unknown)).toEqual(["token of 7", "token of 8"]);
  });
});
