import type { Write } from "../../clients/vault/store.ts";
import type { Observed } from "../observe/observe.ts";
import { judgeSecondPending } from "../observe/second-pending.ts";
import type { StageResult } from "./stage.ts";
import { cancelDeletions } from "./tidy.ts";

/**
 * Decides what follows a content write that failed. Null: Vault refuses it, and no known step would change that.
 * @param etag the etag that the write was sent with
 */
export async function afterWrite(
  { context, attempt, snapshot: { list } }: Observed,
  name: string,
  etag: string | null,
  write: Exclude<Write, { outcome: "done" }>,
): Promise<StageResult | null> {
  attempt.writes.writeFailure = write.error;
  attempt.writes.takenName = write.outcome === "name-taken" ? name : null;
  // The last look showed the secret ACTIVE. A write that stays busy may be blocked by a version that awaits deletion.
  if (write.outcome === "busy") attempt.writes.busyWrites += 1;
  const judged = judgeSecondPending(attempt.writes, list, etag, write);
  if (judged === "refused" || (judged === "doubtful" && write.outcome === "refused")) {
    return { outcome: "second-pending-refused", next: "look" };
  }
  const isBlocked = write.outcome === "refused" || attempt.writes.busyWrites > 1;
  if (!isBlocked) return { outcome: write.outcome, next: "look", isRetry: true };
  if (
    !attempt.writes.hasCancelledDeletions &&
    write.error.code !== "VAULT_FORBIDDEN" &&
    list.versions.some((version) => version.isBeingDeleted)
  ) {
    attempt.writes.hasCancelledDeletions = true;
    await cancelDeletions(context, list);
    return { outcome: "deletions-cancelled", next: "look" };
  }
  return write.outcome === "refused" ? null : { outcome: write.outcome, next: "look", isRetry: true };
}
