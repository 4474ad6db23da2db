import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../../src/base/errors.ts";
import { Secret } from "../../../../../src/base/secret.ts";
import type { Write } from "../../../../../src/clients/vault/store.ts";
import type { Invocation } from "../../../../../src/rotation/invocation.ts";
import { type Observation, observe } from "../../../../../src/rotation/observe/observe.ts";
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
  const { invocation, memory, rig } = acting;
  await claim(invocation, memory, acting.seen);
  const first = textOf(acting.sent[0]);
  rig.vault.versions = [...rig.vault.versions, { no: 8, stages: ["PENDING", "LATEST"], content: first }];
  memory.written.splice(0);
  const seen = (await observe(invocation, memory, true, null)) as Observation;
  const writing: Invocation = {
    ...invocation,
    clients: {
      ...invocation.clients,
      vault: {
        ...invocation.clients.vault,
        writeVersion: async (...sent) => {
          await invocation.clients.vault.writeVersion(...sent);
          return trial;
        },
      },
    },
  };
  return { ...acting, invocation: writing, seen, first };
}

const go = ({ invocation, memory, seen }: Pick<Acting, "invocation" | "memory" | "seen">) =>
  tryPending(invocation, memory, seen);

describe("the trial", () => {
  test("is this call's claim once more, by another text, under the next name and the etag of the look", async () => {
    const acting = await claimed();
    const before = { ...acting.memory.claim };
    acting.rig.clock.advance(5_000);
    expect(await go(acting)).toEqual({ outcome: "tried", next: "look" });
    expect(acting.sent.slice(1)).toEqual([["write", "orot-9", "PENDING", expect.any(Secret), acting.memory.etag]]);
    const { _rotation: mark, ...rest } = JSON.parse(textOf(acting.sent[1]));
    const { _rotation: first, ...before7 } = JSON.parse(acting.first);
    expect([rest, mark]).toEqual([before7, { ...first, trial: true }]);
    // It belongs to the call since the first one was sent.
    expect(acting.memory.claim).toEqual({ ...before, name: "orot-9", isJustWritten: false });
    expect(acting.memory.secondPending.trialOver).toBe(8);
  });

  test("that meets something passing leaves the claim as it was, and is made again", async () => {
    const acting = await claimed(failed("busy", "VAULT_UNAVAILABLE"));
    expect(await go(acting)).toEqual({ outcome: "trial-busy", next: "look", isRetry: true });
    expect(acting.memory.claim).toMatchObject({ name: "orot-8", isConfirmed: true });
    expect(acting.memory.written).toEqual([]);
  });

  test("that is refused twice shows that Vault takes no second PENDING version", async () => {
    const acting = await claimed(failed("refused", "SECRET_NOT_FOUND"));
    const refused = { outcome: "trial-second-pending-refused", next: "look" };
    expect([await go(acting), await go(acting)]).toEqual([refused, refused]);
    expect(acting.memory.refusesSecondPending).toBe(true);
  });

  test("that wants a right ends the call: nothing has changed at the issuer", async () => {
    const acting = await claimed(failed("refused", "VAULT_FORBIDDEN"));
    await expectFailure(() => go(acting), "VAULT_FORBIDDEN", "no answer");
  });
});
