import type { VersionSummary } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { type AttemptRead, isCredential } from "../attempt/read.ts";
import type { Snapshot } from "./observe.ts";
import { secretIn } from "./values.ts";

/**
 * The newest credential with the value of a CURRENT that is a claim: applications are never given a claim for longer than needed. Null: there
 * is none, or CURRENT is no claim.
 */
export function sameValueNoOf(attempt: Attempt, { list, current }: Snapshot): number | null {
  const held = attempt.read.contents.get(current.versionNo);
  if (held?.kind !== "claim") return null;
  const twin = list.versions.find(({ versionNo, isBeingDeleted }) => {
    if (isBeingDeleted || attempt.writes.unpromotable.has(versionNo)) return false;
    const known = attempt.read.contents.get(versionNo);
    return isCredential(known) && known.credential.clientSecret.equals(held.credential.clientSecret);
  });
  return twin?.versionNo ?? null;
}

/** Stored credentials that may still work: not CURRENT, not the newest PENDING, each value once, the newest first. */
export function otherCredentials(read: AttemptRead, { list, current, pending }: Snapshot): readonly VersionSummary[] {
  const seen = [current, pending].map((version) => (version === null ? null : secretIn(read, version.versionNo)));
  return list.versions.filter(({ versionNo, isBeingDeleted }) => {
    const known = read.contents.get(versionNo);
    if (isBeingDeleted || !isCredential(known)) return false;
    const { clientSecret } = known.credential;
    if (seen.some((other) => other?.equals(clientSecret) === true)) return false;
    seen.push(clientSecret);
    return true;
  });
}
