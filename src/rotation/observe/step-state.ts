import { HOUR_MS } from "../../base/durations.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import type { AttemptRead } from "../attempt/read.ts";
import type { StepState } from "../decide/steps.ts";
import type { Observed, Snapshot } from "./observe.ts";
import { candidateOf } from "./state.ts";

/**
 * Without a PENDING credential, UPDATE_TARGET_SYSTEM may follow a promote. CURRENT is then ours, and it is the
 * requested version or was just created.
 */
function mayBePromoted(read: AttemptRead, { current, list }: Snapshot, asked: number | null): boolean {
  const isClaim = read.contents.get(current.versionNo)?.kind === "claim";
  const isFresh = current.versionNo === asked || list.asOf - current.createdAt < HOUR_MS;
  return isOurs(current.name) && isFresh && !isClaim;
}

/** What VERIFY_CONNECTION and UPDATE_TARGET_SYSTEM judge by. @param asked the version asked about; null: none was named */
export function stepStateOf(rotation: Observed, asked: number | null): StepState {
  const { attempt, snapshot } = rotation;
  const { pending, current } = snapshot;
  return {
    pending: pending && candidateOf(rotation, pending),
    current: candidateOf(rotation, current),
    mayBePromoted: mayBePromoted(attempt.read, snapshot, asked),
  };
}
