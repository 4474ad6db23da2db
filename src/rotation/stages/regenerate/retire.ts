import type { Attempt } from "../../attempt.ts";
import { authorize, markRefused, requesterFor, requireAnotherAuthority } from "../../authorities.ts";
import type { Context } from "../../context.ts";
import type { Snapshot } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

/** Has the issuer delete PREVIOUS's value, the older of the two. */
export async function retire(
  context: Context,
  attempt: Attempt,
  snapshot: Snapshot,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { credential } = usable(attempt, snapshot.current.versionNo);
  const older = usable(attempt, versionNo).credential;
  const requester = await requesterFor(context, attempt, snapshot, credential);
  const authorization = await authorize(context, attempt, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(context);
  const age = context.clock.monotonic() - (attempt.lease?.startedAt ?? Number.NEGATIVE_INFINITY);
  if (age >= context.settings.claimTtlSeconds * 1000) return { outcome: "lease-expired", next: "look" };
  const retired = await credential.retire(authorization, older);
  if (retired.outcome === "proof-refused") {
    markRefused(attempt, requester);
    await requireAnotherAuthority(context, attempt, credential, retired.error);
    return { outcome: "token-refused", next: "decide" };
  }
  if (retired.outcome === "refused") throw retired.error;
  if (attempt.lease !== null && retired.outcome === "unknown") attempt.lease.isOpen = true;
  attempt.retires += 1;
  attempt.retiredAt = context.clock.monotonic();
  if (attempt.occupiedSince !== null) {
    // There may be room now, so the same value is sent again.
    attempt.occupiedSince = null;
    attempt.install = null;
  }
  return { outcome: retired.outcome, next: "look" };
}
