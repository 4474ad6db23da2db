import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { withCurrentSince, withLease } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { SecretState, Write } from "../../../../src/clients/vault/store.ts";
import { promoteVersion } from "../../../../src/rotation/stages/promote.ts";
import { credential, current, noteLogin, startRun, type Written, withVault } from "../rig.ts";

const PENDING_NO = 8;
const pending: Written = { no: PENDING_NO, stages: ["PENDING", "LATEST"], content: credential("S8"), ageSeconds: 60 };
const done: Write = { outcome: "done" };
const refused: Write = { outcome: "refused", error: new RotationError("VAULT_UNAVAILABLE", "no") };

interface Case {
  readonly overlap?: "two-slot" | "none";
  /** What the look right before the promote shows otherwise. */
  readonly before?: Partial<SecretState> | "fails";
  readonly answers?: readonly Write[];
  readonly isLeased?: boolean;
}

const METADATA = { team: "payments" };

/** The promote of version 8, at an issuer that keeps two values unless the case says otherwise. */
async function promoted({ overlap = "two-slot", before = {}, answers = [done], isLeased = false }: Case = {}) {
  const left = [...answers];
  const run = await startRun({
    versions: [current, pending],
    isAllRead: true,
    answer: () => left.shift() ?? refused,
    capabilities: { valueChosenBy: "caller", overlap },
  });
  const { attempt, seen } = run;
  noteLogin(attempt, run, PENDING_NO, "accepted");
  if (isLeased) attempt.locks.lease = { callId: "mine", startedAt: run.clock.monotonic(), isOpen: false };
  const metadata = isLeased ? withLease(METADATA, "mine", run.clock.now() + 60_000) : METADATA;
  const { vault } = run.context.clients;
  let looks = 0;
  const context = withVault(run.context, {
    async readSecret() {
      looks += 1;
      if (before === "fails") throw new RotationError("VAULT_UNAVAILABLE", "no answer");
      return { ...(await vault.readSecret()), metadata, ...before };
    },
  });
  const result = await promoteVersion({ context, attempt, snapshot: seen }, { versionNo: PENDING_NO });
  return { ...run, result, looks, noted: withCurrentSince(METADATA, PENDING_NO, run.clock.now()) };
}

const plain = ["promote", PENDING_NO, "etag-1"];

describe("a promote where the issuer keeps two values", () => {
  test("notes in the same write since when the version is CURRENT, and leaves all other metadata", async () => {
    const { sent, noted, attempt, result, log } = await promoted();
    expect(result.outcome).toBe("promoted");
    expect(sent).toEqual([["promote", PENDING_NO, "etag-1", { metadata: noted }]]);
    expect(attempt.writes.currentNoted).toBe(PENDING_NO);
    expect(log).toContainEqual(expect.objectContaining({ event: "current-noted", versionNo: PENDING_NO }));
  });

  test("releases this call's lease with it", async () => {
    const { sent, attempt } = await promoted({ isLeased: true });
    expect(JSON.stringify(sent)).not.toContain("mine");
    expect(attempt.locks.lease).toBeNull();
  });

  test("is sent once more without the note if Vault refuses both together, and the note is still owed", async () => {
    const { sent, noted, attempt, result } = await promoted({ answers: [refused, done] });
    expect(sent).toEqual([["promote", PENDING_NO, "etag-1", { metadata: noted }], plain]);
    expect([result.outcome, attempt.writes.currentNoted]).toEqual(["promoted", null]);
  });

  test("keeps the lease if the note was refused", async () => {
    const { attempt } = await promoted({ isLeased: true, answers: [refused, done] });
    expect(attempt.locks.lease).toMatchObject({ callId: "mine" });
  });

  test.each<[string, NonNullable<Case["before"]>]>([
    ["the secret has changed since the look", { etag: "etag-2" }],
    ["the secret cannot be read", "fails"],
  ])("goes without the note where %s, so that nothing of others is overwritten", async (_what, before) => {
    const { sent, attempt } = await promoted({ before });
    expect(sent).toEqual([plain]);
    expect(attempt.writes.currentNoted).toBeNull();
  });
});

test("a promote where the issuer keeps one value looks no more and notes nothing", async () => {
  const { sent, looks } = await promoted({ overlap: "none" });
  expect([sent, looks]).toEqual([[plain], 0]);
});
