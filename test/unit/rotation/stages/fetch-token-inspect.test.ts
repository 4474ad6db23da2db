import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Authorization } from "../../../../src/clients/issuers/issuer.ts";
import { inspect } from "../../../../src/rotation/stages/fetch-token.ts";
import { expectFailure } from "../../../support/failures.ts";
import { noteLogin, startRun, toyCredential } from "../rig.ts";
import { willing } from "../toy-issuer.ts";

const mayNotLook = new RotationError("ISSUER_FORBIDDEN", "may not look");

const nameOf = (authorization: Authorization) =>
  authorization.kind === "bearer" ? authorization.token.reveal() : authorization.kind;

/** An issuer that shows its obstacles only to these; anybody else may not look. */
async function looking(
  allowed: readonly string[],
  { authorities = [], login = "accepted" }: { authorities?: readonly string[]; login?: "accepted" | "rejected" } = {},
  refusal = mayNotLook,
) {
  const asked: string[] = [];
  const run = await startRun({
    authorities: authorities.map((name) => willing(name)),
    issuer: {
      async preflight(prove) {
        const name = nameOf(await prove());
        asked.push(name);
        return allowed.includes(name) ? null : refusal;
      },
    },
  });
  noteLogin(run.attempt, run, 7, login);
  const { context, attempt, seen } = run;
  return { ...run, asked, go: () => inspect({ context, attempt, snapshot: seen }, toyCredential(run)) };
}

describe("what is in the way at the issuer", () => {
  test("is asked once in a call, with the client's own token", async () => {
    const { asked, attempt, go } = await looking(["own"]);
    await go();
    await go();
    expect([asked, attempt.isInspected]).toEqual([["own"], true]);
    expect(attempt.authorities.refusedTokens).toEqual([]);
  });

  test("is nothing at an issuer that cannot be asked", async () => {
    const run = await startRun();
    const { context, attempt, seen } = run;
    await inspect({ context, attempt, snapshot: seen }, toyCredential(run));
    expect([run.requested, attempt.isInspected]).toEqual([[], true]);
  });

  test("is asked by another who may look, and who may not is not asked again", async () => {
    const { asked, attempt, go } = await looking(["second"], { authorities: ["first", "second"] });
    await go();
    expect(asked).toEqual(["own", "first", "second"]);
    expect(attempt.isInspected).toBe(true);
    expect(attempt.authorities.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(attempt.authorities.others?.map(({ name }) => name)).toEqual(["second", "first"]);
  });

  test("ends the call while CURRENT works if nobody else may look, or the refusal may be spurious", async () => {
    const alone = await looking([]);
    await expectFailure(alone.go, "ISSUER_FORBIDDEN", "may not look");
    expect([alone.asked, alone.attempt.isInspected]).toEqual([["own"], false]);
    const spurious = new RotationError("ISSUER_UNAVAILABLE", "refused for now");
    const helped = await looking(["first"], { authorities: ["first"] }, spurious);
    await expectFailure(helped.go, "ISSUER_UNAVAILABLE");
    expect(helped.asked).toEqual(["own"]);
  });

  test("is asked by whoever is left while nothing is known of CURRENT, whatever the refusal", async () => {
    const spurious = new RotationError("ISSUER_UNAVAILABLE", "refused for now");
    const { asked, attempt, go } = await looking(["first"], { authorities: ["first"] }, spurious);
    attempt.read.logins.clear();
    await go();
    expect([asked, attempt.isInspected]).toEqual([["own", "first"], true]);
  });

  test("is asked by whoever is left once CURRENT is dead, whatever the refusal", async () => {
    const spurious = new RotationError("ISSUER_UNAVAILABLE", "refused for now");
    const { asked, attempt, go } = await looking(["first"], { authorities: ["first"], login: "rejected" }, spurious);
    await go();
    expect([asked, attempt.isInspected]).toEqual([["own", "first"], true]);
    const alone = await looking([], { login: "rejected" });
    await expectFailure(alone.go, "ISSUER_FORBIDDEN", "no second authority that logs in is configured");
  });
});
