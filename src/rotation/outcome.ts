import type { Attempt } from "./attempt/attempt.ts";
import type { Snapshot } from "./observe/observe.ts";
import { isFromBefore } from "./observe/values.ts";
import type { Rotation } from "./rotation.ts";
import type { Task } from "./task.ts";
import { type Warning, warningsOf } from "./warnings.ts";

/** One run at work. */
export interface Run {
  readonly task: Task;
  /** Its log carries the rotation's id as soon as that is known. */
  rotation: Rotation;
  /** The last snapshot; null: none yet. */
  previous: Snapshot | null;
}

/** How a step, a whole rotation or a heal ended well. */
export interface Outcome {
  readonly code: "OK" | "ALREADY_ROTATED" | "NOTHING_TO_DO";
  readonly versionNo: number | null;
  /** The version is CURRENT already. CREATE may end so if Vault takes no second PENDING version. */
  readonly isCurrent: boolean;
  /** For code OK: went back to a version that was in use before, only ended an overlap, or anything else. */
  readonly did: "rotated" | "went-back" | "retired";
  readonly warnings: readonly Warning[];
}

/** The outcome of a `done` decision: OK if this run did the work. */
export function outcomeOfDone(
  { task, rotation: { attempt } }: Run,
  code: Outcome["code"],
  versionNo: number | null,
): Outcome {
  const { written } = attempt.writes;
  const { retires } = attempt.requests;
  // If Vault takes no second PENDING version, the value went to CURRENT. Then the new CURRENT is this call's own work.
  const isOwnWork = written.some(({ known }) => known.kind === "credential");
  const hasRetired = retires > 0 && code === "NOTHING_TO_DO";
  const didWork = isOwnWork || hasRetired || (task.name === "HEAL" && written.length > 0);
  return {
    code: didWork ? "OK" : code,
    versionNo,
    isCurrent: code !== "OK",
    did: hasRetired && written.length === 0 ? "retired" : "rotated",
    warnings: warningsOf(attempt),
  };
}

/** @param snapshot the one before the promote: it shows which version stages the version had */
export function outcomeOfPromote(attempt: Attempt, snapshot: Snapshot | null, versionNo: number): Outcome {
  const before = snapshot?.list.versions.find((version) => version.versionNo === versionNo);
  const isOwn = attempt.writes.written.some(({ name }) => name === before?.name);
  const did = before?.versionStages.includes("PENDING") === false && !isOwn ? "went-back" : "rotated";
  return { code: "OK", versionNo, isCurrent: true, did, warnings: warningsOf(attempt) };
}

/**
 * Whether a promote ends the run. In CREATE a promote is a way back, and the step looks again for what is left to do.
 */
export function endsWithPromote({ task, rotation: { attempt } }: Run, versionNo: number): boolean {
  if (task.name === "CREATE_PENDING_VERSION") return false;
  const known = attempt.read.contents.get(versionNo);
  // A rotation of compromised values ends with a new value, and only once the old ones are refused.
  const keepsTwo =
    known !== undefined && known.kind !== "unknown" && known.credential.capabilities.overlap === "two-slot";
  if (attempt.isCompromised && (keepsTwo || isFromBefore(attempt.read, versionNo))) return false;
  const first = attempt.read.contents.get(attempt.read.startCurrentNo ?? 0);
  // Replacing a claim by the value it was made from is not a rotation.
  if (task.name !== "ROTATION" || known?.kind === "unknown" || first === undefined || first.kind === "unknown")
    return true;
  return known === undefined || !known.credential.clientSecret.equals(first.credential.clientSecret);
}
