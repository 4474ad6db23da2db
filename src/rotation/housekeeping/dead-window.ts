import type { Credential } from "../../clients/issuers/issuer.ts";
import type { AttemptRead } from "../attempt/read.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import type { Rotation } from "../rotation.ts";

/** When a PENDING version was made, on `Clock.monotonic`; null: it is not PENDING, or no look has shown it. */
function pendingSince({ list, lookedAt, namedSince }: AttemptRead, versionNo: number): number | null {
  const version = list?.versions.find((candidate) => candidate.versionNo === versionNo);
  // PROMOTE looks at the version that it names alone.
  if (list === null) return namedSince;
  if (version === undefined || lookedAt === null || !version.versionStages.includes("PENDING")) return null;
  return lookedAt - (list.asOf - version.createdAt);
}

/**
 * Notes for how long the issuer refused the value in CURRENT, right after a working one took its place. If another call
 * asked for the change, the time counts from the storing of the value. Nothing is noted where both values work for a time.
 * @param versionNo of the new value; null: it was written as CURRENT
 */
export function noteDeadWindowOf(
  { context, attempt }: Rotation,
  { capabilities }: Credential,
  versionNo: number | null,
): void {
  if (capabilities.overlap !== "none") return;
  const stored = versionNo === null ? null : pendingSince(attempt.read, versionNo);
  const since = attempt.requests.deadSince ?? stored;
  if (since === null) return;
  const ms = Math.round(context.clock.monotonic() - since);
  context.tally.note("DeadWindowMilliseconds", Math.max(0, ms));
}

/** The same after a promote. */
export function noteDeadWindow(rotation: Observed<Snapshot | null>, versionNo: number): void {
  const known = rotation.attempt.read.contents.get(versionNo);
  if (known?.kind === "credential") noteDeadWindowOf(rotation, known.credential, versionNo);
}
