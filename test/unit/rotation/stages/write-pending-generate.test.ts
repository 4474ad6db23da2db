import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { isOwnValue } from "../../../../src/clients/issuers/own-value.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { generate } from "../../../../src/rotation/stages/write-pending.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import { type Acting, createActing } from "./acting.ts";

const error = (code: ErrorCode) => new RotationError(code, `said ${code}`);

const failed = (outcome: "busy" | "refused", code: ErrorCode): Write => ({ outcome, error: error(code) });

describe("making a value of our own", () => {
  const go = ({ context, attempt, seen }: Acting) => generate(context, attempt, seen);

  test("stores it as PENDING before the issuer hears of it", async () => {
    const acting = await createActing();
    acting.attempt.install = { clientSecret: new Secret("before"), at: 0, isRefused: true };
    expect(await go(acting)).toEqual({ outcome: "stored", next: "look" });
    expect(acting.sent).toEqual([["write", "orot-8", "PENDING", expect.any(Secret), "etag-1"]]);
    const { attempt, rig } = acting;
    expect(attempt).toMatchObject({ values: 1, install: null });
    const made = attempt.generated?.clientSecret ?? new Secret("none");
    const maker = { secretId: acting.context.secretId, client: toyClient, clientSecret: new Secret("S7") };
    expect(isOwnValue(made, maker)).toBe(true);
    expect(acting.sent[0]?.[3]).toEqual(new Secret(JSON.stringify({ appSecret: made.reveal() })));
    expect(attempt.generated?.startedAt).toBe(rig.clock.monotonic());
    const [written] = attempt.written;
    expect(written?.name).toBe("orot-8");
    expect(written?.known.kind === "credential" && written.known.credential.clientSecret.equals(made)).toBe(true);
  });

  test("that Vault does not take now is made anew after a look, and counts for nothing", async () => {
    const acting = await createActing({ answer: failed("busy", "VAULT_UNAVAILABLE") });
    expect(await go(acting)).toEqual({ outcome: "busy", next: "look", isRetry: true });
    expect(acting.attempt).toMatchObject({ values: 0, written: [] });
  });

  test("that Vault refuses for good ends the call", async () => {
    const acting = await createActing({ answer: failed("refused", "VAULT_FORBIDDEN") });
    await expectFailure(() => go(acting), "VAULT_FORBIDDEN");
  });

  test("is not begun where Vault takes no second PENDING version", async () => {
    const acting = await createActing();
    acting.attempt.refusesSecondPending = true;
    acting.attempt.secondPending.tries = 2;
    const what = "Vault keeps an older PENDING version and takes no second one";
    expect((await expectFailure(() => go(acting), "SECRET_NOT_ROTATABLE")).message).toBe(what);
    acting.attempt.writeFailure = new RotationError("SECRET_NOT_FOUND", "by 404");
    expect((await expectFailure(() => go(acting), "SECRET_NOT_ROTATABLE")).message).toBe(`${what}: by 404`);
    expect(acting.sent).toEqual([]);
  });

  test("is tried where nothing but the list of versions says so", async () => {
    const acting = await createActing();
    acting.attempt.refusesSecondPending = true;
    expect(await go(acting)).toEqual({ outcome: "stored", next: "look" });
  });

  test("is tried on where that only seems so: the answers may pass, and nothing is unsaved", async () => {
    const acting = await createActing();
    acting.attempt.refusesSecondPending = true;
    acting.attempt.secondPending.isDoubted = true;
    expect(await go(acting)).toEqual({ outcome: "stored", next: "look" });
  });
});
