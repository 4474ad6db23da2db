import type { Credential } from "../../clients/issuers/issuer.ts";
import type { AttemptRead } from "../attempt/read.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import type { Rotation } from "../rotation.ts";

/** OCI tells the time of an answer to the second. */
const RESOLUTION_MS = 1_000;

/** When a version was made and looked at, on OCI's clock; null: no look has shown it, or it is not PENDING. */
function seenOf({ list, named }: AttemptRead, versionNo: number): AttemptRead["named"] {
  // PROMOTE looks at the version that it names alone.
  if (list === null) return named;
  const version = list.versions.find((candidate) => candidate.versionNo === versionNo);
  if (version === undefined || !version.versionStages.includes("PENDING")) return null;
  return { createdAt: version.createdAt, asOf: list.asOf };
}

/** Since when a PENDING version is there, on `Clock.monotonic`. Within the second that OCI tells, our own clock decides. */
function pendingSince({ context: { clock }, attempt: { read } }: Rotation, versionNo: number): number | null {
  const seen = seenOf(read, versionNo);
  if (seen === null || read.lookedAt === null) return null;
  const lookedAt = clock.now() - (clock.monotonic() - read.lookedAt);
  const at = Math.min(Math.max(lookedAt, seen.asOf), seen.asOf + RESOLUTION_MS);
  return read.lookedAt - (at - seen.createdAt);
}

/**
 * Notes for how long the issuer refused the value in CURRENT, right after a working one took its place. If another call
 * asked for the change, the time counts from the storing of the value. Nothing is noted where both values work for a time.
 * @param versionNo of the new value; null: it was written as CURRENT
 */
export function noteDeadWindowOf(rotation: Rotation, { capabilities }: Credential, versionNo: number | null): void {
  if (capabilities.overlap !== "none") return;
  const { context, attempt } = rotation;
  const stored = versionNo === null ? null : pendingSince(rotation, versionNo);
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
