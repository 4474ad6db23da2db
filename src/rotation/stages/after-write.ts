import type { Write } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import type { Snapshot } from "../observe/observe.ts";
import { judgeSecondPending } from "../observe/second-pending.ts";
import type { StageResult } from "./stage.ts";
import { cancelDeletions } from "./tidy.ts";

/**
 * What follows from a content write that did not end well. Null: Vault refuses it, and nothing that we know of would change that.
 * @param etag that it was sent with
 */
export async function afterWrite(
  context: Context,
  attempt: Attempt,
  { list }: Snapshot,
  name: string,
  etag: string | null,
  write: Exclude<Write, { outcome: "done" }>,
): Promise<StageResult | null> {
  attempt.writeFailure = write.error;
  attempt.takenName = write.outcome === "name-taken" ? name : null;
  // The secret was ACTIVE when it was looked at: a write that stays busy may be waiting for a version that awaits deletion.
  if (write.outcome === "busy") attempt.busyWrites += 1;
  const judged = judgeSecondPending(attempt, list, etag, write);
  if (judged === "refused" || (judged === "doubtful" && write.outcome === "refused")) {
    return { outcome: "second-pending-refused", next: "look" };
  }
  const isBlocked = write.outcome === "refused" || attempt.busyWrites > 1;
  if (!isBlocked) return { outcome: write.outcome, next: "look", isRetry: true };
  if (
    !attempt.hasCancelledDeletions &&
    write.error.code !== "VAULT_FORBIDDEN" &&
    list.versions.some((version) => version.isBeingDeleted)
  ) {
    attempt.hasCancelledDeletions = true;
    await cancelDeletions(context, list);
    return { outcome: "deletions-cancelled", next: "look" };
  }
  return write.outcome === "refused" ? null : { outcome: write.outcome, next: "look", isRetry: true };
}
