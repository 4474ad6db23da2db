import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../../src/base/errors.ts";
import { Secret } from "../../../../../src/base/secret.ts";
import type { Write } from "../../../../../src/clients/vault/store.ts";
import type { Context } from "../../../../../src/rotation/context.ts";
import { observe, type Snapshot } from "../../../../../src/rotation/observe/observe.ts";
import { claim } from "../../../../../src/rotation/stages/regenerate/claim.ts";
import { tryPending } from "../../../../../src/rotation/stages/regenerate/trial.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { type Acting, createActing } from "../acting.ts";

const failed = (outcome: "busy" | "refused" | "race-lost", code: ErrorCode): Write => ({
  outcome,
  error: new RotationError(code, "no answer"),
});

const textOf = (sent: readonly unknown[] | undefined) => (sent?.[3] instanceof Secret ? sent[3].reveal() : "");

/** A call whose claim Vault has just taken, and which has looked again. */
async function claimed(trial: Write = { outcome: "done" }) {
  const acting = await createActing();
  const { context, attempt, rig } = acting;
  await claim(context, attempt, acting.seen);
  const first = textOf(acting.sent[0]);
  rig.vault.versions = [...rig.vault.versions, { no: 8, stages: ["PENDING", "LATEST"], content: first }];
  attempt.written.splice(0);
  const seen = (await observe(context, attempt, true, null)) as Snapshot;
  const writing: Context = {
    ...context,
    clients: {
      ...context.clients,
      vault: {
        ...context.clients.vault,
        writeVersion: async (...sent) => {
          await context.clients.vault.writeVersion(...sent);
          return trial;
        },
      },
    },
  };
  return { ...acting, context: writing, seen, first };
}

const go = ({ context, attempt, seen }: Pick<Acting, "context" | "attempt" | "seen">) =>
  tryPending(context, attempt, seen);

describe("the trial", () => {
  test("is this call's claim once more, by another text, under the next name and the etag of the look", async () => {
    const acting = await claimed();
    const before = { ...acting.attempt.claim };
    acting.rig.clock.advance(5_000);
    expect(await go(acting)).toEqual({ outcome: "tried", next: "look" });
    expect(acting.sent.slice(1)).toEqual([["write", "orot-9", "PENDING", expect.any(Secret), acting.attempt.etag]]);
    const { _rotation: mark, ...rest } = JSON.parse(textOf(acting.sent[1]));
    const { _rotation: first, ...before7 } = JSON.parse(acting.first);
    expect([rest, mark]).toEqual([before7, { ...first, trial: true }]);
    // It belongs to the call since the first one was sent.
    expect(acting.attempt.claim).toEqual({ ...before, name: "orot-9", isJustWritten: false });
    expect(acting.attempt.secondPending.trialOver).toBe(8);
  });

  test("that meets something passing leaves the claim as it was, and is made again", async () => {
    const acting = await claimed(failed("busy", "VAULT_UNAVAILABLE"));
    expect(await go(acting)).toEqual({ outcome: "trial-busy", next: "look", isRetry: true });
    expect(acting.attempt.claim).toMatchObject({ name: "orot-8", isConfirmed: true });
    expect(acting.attempt.written).toEqual([]);
  });

  test("that is refused twice shows that Vault takes no second PENDING version", async () => {
    const acting = await claimed(failed("refused", "SECRET_NOT_FOUND"));
    const refused = { outcome: "trial-second-pending-refused", next: "look" };
    expect([await go(acting), await go(acting)]).toEqual([refused, refused]);
    expect(acting.attempt.refusesSecondPending).toBe(true);
  });

  test("that wants a right ends the call: nothing has changed at the issuer", async () => {
    const acting = await claimed(failed("refused", "VAULT_FORBIDDEN"));
    await expectFailure(() => go(acting), "VAULT_FORBIDDEN", "no answer");
  });
});
