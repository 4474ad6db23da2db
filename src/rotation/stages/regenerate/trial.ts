import { RotationError } from "../../../base/errors.ts";
import { highestNo } from "../../../clients/vault/highest.ts";
import { versionName } from "../../../clients/vault/version-name.ts";
import { keepWritten } from "../../attempt/writes.ts";
import { readKnown } from "../../observe/contents.ts";
import type { Observed } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import { afterWrite } from "../after-write.ts";
import type { StageResult } from "../stage.ts";

/**
 * Writes this call's claim again while the first is PENDING. The value that must not be lost will be written in the
 * same way. The call has owned the claim since the first write.
 * @throws RotationError if Vault refuses it for another reason; nothing has changed at the issuer
 */
export async function tryPending(rotation: Observed): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { list, current } = rotation.snapshot;
  const [highest] = list.versions;
  const known = highest === undefined ? undefined : await readKnown(rotation, highest);
  if (attempt.locks.claim === null || known?.kind !== "claim") {
    throw new RotationError("INTERNAL", "a trial was decided without a claim");
  }
  const { content, credential } = usable(attempt.read, current.versionNo);
  const text = content.withClaim({ ...known.claim, isTrial: true });
  const name = versionName(list, attempt.writes.takenName, context.entropy);
  attempt.writes.secondPending.trialOver = highestNo(list);
  const write = await context.clients.vault.writeVersion(name, "PENDING", text, attempt.read.etag);
  if (write.outcome === "done") {
    attempt.locks.claim = { ...attempt.locks.claim, name, isConfirmed: true, isJustWritten: false };
    keepWritten(attempt.writes, name, { ...known, credential });
    return { outcome: "tried", next: "look" };
  }
  const result = await afterWrite(rotation, name, attempt.read.etag, write);
  if (result === null) throw write.error;
  return { ...result, outcome: `trial-${result.outcome}` };
}
