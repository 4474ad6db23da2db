import type { Write } from "../../clients/vault/store.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { judgeSecondPending } from "../observe/second-pending.ts";
import type { StageResult } from "./stage.ts";
import { cancelDeletions } from "./tidy.ts";

/**
 * What follows from a content write that did not end well. Null: Vault refuses it, and nothing that we know of would change that.
 * @param etag that it was sent with
 */
export async function afterWrite(
  invocation: Invocation,
  memory: Memory,
  { list }: Observation,
  name: string,
  etag: string | null,
  write: Exclude<Write, { outcome: "done" }>,
): Promise<StageResult | null> {
  memory.writeFailure = write.error;
  memory.takenName = write.outcome === "name-taken" ? name : null;
  // The secret was ACTIVE when it was looked at: a write that stays busy may be waiting for a version that awaits deletion.
  if (write.outcome === "busy") memory.busyWrites += 1;
  const judged = judgeSecondPending(memory, list, etag, write);
  if (judged === "refused" || (judged === "doubtful" && write.outcome === "refused")) {
    return { outcome: "second-pending-refused", next: "look" };
  }
  const isBlocked = write.outcome === "refused" || memory.busyWrites > 1;
  if (!isBlocked) return { outcome: write.outcome, next: "look", isRetry: true };
  if (
    !memory.hasCancelledDeletions &&
    write.error.code !== "VAULT_FORBIDDEN" &&
    list.versions.some((version) => version.isBeingDeleted)
  ) {
    memory.hasCancelledDeletions = true;
    await cancelDeletions(invocation, list);
    return { outcome: "deletions-cancelled", next: "look" };
  }
  return write.outcome === "refused" ? null : { outcome: write.outcome, next: "look", isRetry: true };
}
