import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import type { VersionSummary } from "../../../../../src/clients/vault/store.ts";
import { isOwnClaim, observe, type Snapshot } from "../../../../../src/rotation/observe/observe.ts";
import { claim } from "../../../../../src/rotation/stages/regenerate/claim.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { heldToken } from "../../../../support/held.ts";
import { credential, current, failed, claim as marked, type Run, startRun, type Written } from "../../rig.ts";
import { willing } from "../../toy-issuer.ts";

describe("a claim", () => {
  const go = ({ context, attempt, seen }: Run) => claim({ context, attempt, snapshot: seen });
  const markIn = ({ sent }: Run, index = 0) => {
    const text = sent[index]?.[3];
    return text instanceof Secret ? JSON.parse(text.reveal()) : null;
  };

  test("is CURRENT's content with a mark and the token, under the next name and the etag of the look", async () => {
    const run = await startRun({ versions: [{ ...current, content: credential("S7", { appId: "a" }) }] });
    run.asked.length = 0;
    run.attempt.authorities.token = heldToken("own", run.clock.monotonic() + 5_000);
    expect(await go(run)).toEqual({ outcome: "claimed", next: "look" });
    expect(run.sent).toEqual([["write", "orot-8", "PENDING", expect.any(Secret), "etag-1"]]);
    expect(run.asked).toEqual([]);
    const { attempt, clock } = run;
    expect(markIn(run)).toEqual({
      appId: "a",
      appSecret: "S7",
      _rotation: {
        v: 1,
        kind: "claim",
        callId: attempt.locks.claim?.callId,
        ttlSeconds: 90,
        base: 7,
        takeovers: 0,
        token: "own",
        tokenExpiresAt: new Date(clock.now() + 5_000).toISOString(),
      },
    });
    expect(attempt.locks.claim).toMatchObject({
      name: "orot-8",
      startedAt: clock.monotonic(),
      isConfirmed: true,
      isJustWritten: true,
    });
    expect(attempt.locks.claim?.content.kind).toBe("claim");
    expect(attempt.locks.claim?.credential.clientSecret.reveal()).toBe("S7");
    expect(attempt.writes.written).toEqual([
      {
        name: "orot-8",
        known: expect.objectContaining({ kind: "claim", credential: attempt.locks.claim?.credential }),
      },
    ]);
    expect(attempt.writes.writeFailure).toBeNull();
  });

  test("by another authority carries no token", async () => {
    const run = await startRun();
    run.attempt.authorities.token = null;
    run.attempt.authorities.others = [willing("first")];
    await go(run);
    expect(markIn(run)["_rotation"]).not.toHaveProperty("token");
  });

  test("counts the unfinished claims right below it", async () => {
    const below = (no: number, takeovers: number, base = 7): Written => ({
      no,
      stages: ["PENDING", "LATEST"],
      content: marked("S7", { takeovers, base }),
      ageSeconds: 3_600,
    });
    const before: Written = { no: 5, stages: ["DEPRECATED"], content: credential("S7") };
    for (const [versions, takeovers] of [
      [[current, below(8, 0)], 1],
      [[current, below(8, 0), below(9, 1), below(10, 2)], 3],
      // As many as lie there, not as many as one says.
      [[current, below(8, 1_000)], 1],
      [[before, below(6, 0, 5), current], 0],
    ] as const) {
      const run = await startRun({ versions });
      await go(run);
      expect(markIn(run)["_rotation"]["takeovers"]).toBe(takeovers);
    }
  });

  test("avoids a name that Vault called taken", async () => {
    const run = await startRun();
    run.attempt.writes.takenName = "orot-8";
    await go(run);
    expect(run.sent[0]?.[1]).toMatch(/^orot-8\.[0-9a-f]{10}$/);
  });

  test("goes to CURRENT if Vault takes no second PENDING version, after one more look", async () => {
    const run = await startRun();
    run.attempt.writes.refusesSecondPending = true;
    run.asked.length = 0;
    expect(await go(run)).toEqual({ outcome: "claimed", next: "look" });
    expect(run.asked).toEqual(["read-secret"]);
    expect(run.sent[0]?.[2]).toBe("CURRENT");
  });

  test.each(["etag", "number"] as const)("to CURRENT is not written if its %s has changed", async (what) => {
    const run = await startRun();
    run.attempt.writes.refusesSecondPending = true;
    if (what === "etag") run.vault.etag = 2;
    else run.vault.versions = [{ ...current, no: 8 }];
    expect(await go(run)).toEqual({ outcome: "changed", next: "look" });
    expect([run.sent, run.attempt.locks.claim]).toEqual([[], null]);
  });

  test("to CURRENT is written if Vault does not say the number with the secret itself", async () => {
    const run = await startRun();
    run.attempt.writes.refusesSecondPending = true;
    const { context, attempt, seen } = run;
    const { readSecret } = context.clients.vault;
    const store = {
      ...context.clients.vault,
      readSecret: async () => ({ ...(await readSecret()), currentVersionNo: null }),
    };
    expect(
      await claim({ context: { ...context, clients: { ...context.clients, vault: store } }, attempt, snapshot: seen }),
    ).toEqual({
      outcome: "claimed",
      next: "look",
    });
  });

  test("that moves to CURRENT stays this call's, whatever becomes of the write, and its time runs from the first try", async () => {
    const run = await startRun({ answer: failed("busy", "VAULT_UNAVAILABLE") });
    await go(run);
    const { attempt, context, vault, clock, sent } = run;
    const text = sent[0]?.[3] instanceof Secret ? sent[0][3].reveal() : "";
    vault.versions = [current, { no: 8, stages: ["PENDING", "LATEST"], content: text }];
    attempt.writes.refusesSecondPending = true;
    const seen = (await observe({ context, attempt }, true, null)) as Snapshot;
    const tries: unknown[] = [];
    const ids = [attempt.locks.claim?.callId];
    for (let n = 0; n < 2; n++) {
      clock.advance(5_000);
      await claim({ context, attempt, snapshot: seen });
      const { callId, ...others } = markIn(run, n + 1)["_rotation"];
      tries.push([others, attempt.locks.claim?.name, attempt.locks.claim?.startedAt]);
      ids.push(callId);
    }
    // A secret may have a rule against repeated texts.
    expect(new Set(ids).size).toBe(3);
    expect(attempt.locks.claim).toMatchObject({ callId: ids[2], earlierIds: ids.slice(0, 2) });
    const { callId: _, ...mark } = markIn(run, 0)["_rotation"];
    const startedAt = clock.monotonic() - 5_000;
    expect(tries).toEqual([
      [mark, "orot-9", startedAt],
      [mark, "orot-9", startedAt],
    ]);
    expect(isOwnClaim(attempt, seen.list.versions[0] as VersionSummary)).toBe(true);
  });

  test("that another one lies above, or that never landed, does not move: a new one takes over", async () => {
    const run = await startRun({ answer: failed("busy", "VAULT_UNAVAILABLE") });
    await go(run);
    const { attempt, context, vault, sent } = run;
    const own = sent[0]?.[3] instanceof Secret ? sent[0][3].reveal() : "";
    const another: Written = { no: 9, stages: ["PENDING", "LATEST"], content: marked("S7"), ageSeconds: 3_600 };
    attempt.writes.refusesSecondPending = true;
    const landed: Written = { no: 8, stages: ["DEPRECATED"], content: own };
    for (const [versions, takeovers] of [
      [[current, landed, another], 1],
      [[current, another], 1],
      [[current], 0],
    ] as const) {
      vault.versions = [...versions];
      attempt.read.contents.clear();
      const seen = (await observe({ context, attempt }, true, null)) as Snapshot;
      await claim({ context, attempt, snapshot: seen });
      expect(attempt.locks.claim?.earlierIds).toEqual([]);
      expect(markIn(run, sent.length - 1)["_rotation"]["takeovers"]).toBe(takeovers);
    }
  });

  test("that meets a passing error is kept as unconfirmed, and written again after a look", async () => {
    const answer = failed("busy", "VAULT_UNAVAILABLE");
    const run = await startRun({ answer });
    expect(await go(run)).toEqual({ outcome: "claim-busy", next: "look", isRetry: true });
    expect(run.attempt.locks.claim).toMatchObject({ isConfirmed: false, isJustWritten: false });
    expect(run.attempt.writes.written).toEqual([]);
    expect(run.attempt.writes.writeFailure).toBe(answer.outcome === "busy" ? answer.error : null);
  });

  test("that is refused for good ends the call: nothing has changed at the issuer", async () => {
    const run = await startRun({ answer: failed("refused", "VAULT_FORBIDDEN") });
    await expectFailure(() => go(run), "VAULT_FORBIDDEN", "said VAULT_FORBIDDEN");
  });

  test("with no authority to mint by is a defect", async () => {
    const run = await startRun();
    run.attempt.authorities.token = null;
    await expectFailure(() => go(run), "INTERNAL", "a claim was decided with nothing to mint by");
  });
});
