import { RotationError } from "../../../base/errors.ts";
import { versionName } from "../../../clients/vault/version-name.ts";
import type { Attempt } from "../../attempt.ts";
import type { Context } from "../../context.ts";
import { readKnown } from "../../observe/contents.ts";
import type { Snapshot } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import { afterWrite } from "../after-write.ts";
import type { StageResult } from "../stage.ts";

/**
 * Writes this call's claim again while the first is PENDING. The value that must not be lost will be written in the
 * same way. The call has owned the claim since the first write.
 * @throws RotationError if Vault refuses it for another reason; nothing has changed at the issuer
 */
export async function tryPending(context: Context, attempt: Attempt, snapshot: Snapshot): Promise<StageResult> {
  const { list, current } = snapshot;
  const [highest] = list.versions;
  const known = highest === undefined ? undefined : await readKnown(context, attempt, highest);
  if (attempt.claim === null || highest === undefined || known?.kind !== "claim") {
    throw new RotationError("INTERNAL", "a trial was decided without a claim");
  }
  const { content, credential } = usable(attempt, current.versionNo);
  const text = content.withClaim({ ...known.claim, isTrial: true });
  const name = versionName(list, attempt.takenName, context.entropy);
  attempt.secondPending.trialOver = highest.versionNo;
  const write = await context.clients.vault.writeVersion(name, "PENDING", text, attempt.etag);
  if (write.outcome === "done") {
    attempt.writeFailure = null;
    attempt.claim = { ...attempt.claim, name, isConfirmed: true, isJustWritten: false };
    attempt.written.push({ name, known: { ...known, credential } });
    return { outcome: "tried", next: "look" };
  }
  const result = await afterWrite(context, attempt, snapshot, name, attempt.etag, write);
  if (result === null) throw write.error;
  return { ...result, outcome: `trial-${result.outcome}` };
}
