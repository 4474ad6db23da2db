import type { Secret } from "../../base/secret.ts";
import type { CallerPending } from "../decide/state.ts";
import type { Rotation } from "../rotation.ts";
import type { Observed } from "./observe.ts";
import { isProvenBy, noteUnproven } from "./proven.ts";
import { secretIn } from "./values.ts";

function originOf(
  {
    context: { clock, settings },
    attempt: {
      requests: { generated },
    },
  }: Rotation,
  value: Secret,
) {
  if (generated?.clientSecret.equals(value) !== true) return null;
  const age = clock.monotonic() - generated.startedAt;
  return age < settings.claimTtlSeconds * 1000 ? "this-call" : "this-call-before";
}

/** The last that the issuer said of the value to this call; null: this call has not sent it. */
function sentPhase(
  {
    context: { clock, settings },
    attempt: {
      requests: { install, occupiedSince },
    },
  }: Rotation,
  value: Secret,
) {
  if (install?.clientSecret.equals(value) !== true) return null;
  const landingBoundMs = settings.landingBoundSeconds * 1000;
  // The issuer may have had no room for another value before.
  if (install.isRefused) return "refused";
  if (occupiedSince !== null)
    return clock.monotonic() - occupiedSince < landingBoundMs ? "no-room" : "no-room-for-long";
  return clock.monotonic() - install.at < landingBoundMs ? "sent" : "stored";
}

/**
 * PENDING, if it counts. It counts if it logs in, if this call made it, or if its maker knew CURRENT's value. Anyone
 * who may write the secret can store a value of their own. Any other value is ignored once it is known not to work, and
 * is not waited for while CURRENT works.
 */
export function callerPendingOf(rotation: Observed): CallerPending | null {
  const { context, attempt } = rotation;
  const { pending, current, list } = rotation.snapshot;
  const value = pending === null ? null : secretIn(attempt.read, pending.versionNo);
  // A version that Vault will not promote is of no use. Its value is stored again.
  if (pending === null || value === null || attempt.writes.unpromotable.has(pending.versionNo)) return null;
  const { versionNo } = pending;
  const verdict = attempt.read.logins.get(versionNo)?.login.verdict ?? "not-asked";
  const made = originOf(rotation, value);
  if (made === null && !isProvenBy(rotation, current.versionNo, value)) {
    const isCurrentGood = attempt.read.logins.get(current.versionNo)?.login.verdict === "accepted";
    if (verdict !== "rejected" && !(verdict === "unknown" && isCurrentGood))
      return { versionNo, verdict, origin: "stranger", phase: "stored" };
    noteUnproven(rotation, versionNo);
    return null;
  }
  const sent = sentPhase(rotation, value);
  if (made === "this-call") {
    return sent === null
      ? { versionNo, verdict: "not-asked", origin: made, phase: "untried" }
      : { versionNo, verdict, origin: made, phase: sent };
  }
  const lifeMs = (context.settings.claimTtlSeconds + context.settings.landingBoundSeconds) * 1000;
  const unsent = list.asOf < pending.createdAt + lifeMs ? "theirs" : "stored";
  return { versionNo, verdict, origin: made ?? "known-writer", phase: sent ?? unsent };
}
