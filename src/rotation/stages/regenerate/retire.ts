import { leaveOpen } from "../../attempt/locks.ts";
import { keepRetire } from "../../attempt/requests.ts";
import { authorize, markRefused, requesterFor, requireAnotherAuthority } from "../../authorities.ts";
import type { Observed } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

/** Has the issuer delete PREVIOUS's value, the older of the two. */
export async function retire(rotation: Observed, { versionNo }: { readonly versionNo: number }): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { credential } = usable(attempt.read, rotation.snapshot.current.versionNo);
  const older = usable(attempt.read, versionNo).credential;
  const requester = await requesterFor(rotation, credential);
  const authorization = await authorize(rotation, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(context);
  const age = context.clock.monotonic() - (attempt.locks.lease?.startedAt ?? Number.NEGATIVE_INFINITY);
  if (age >= context.settings.claimTtlSeconds * 1000) return { outcome: "lease-expired", next: "look" };
  const retired = await credential.retire(authorization, older);
  if (retired.outcome === "proof-refused") {
    markRefused(attempt.authorities, requester);
    await requireAnotherAuthority(rotation, credential, retired.error);
    return { outcome: "token-refused", next: "decide" };
  }
  if (retired.outcome === "refused") throw retired.error;
  if (retired.outcome === "unknown") leaveOpen(attempt.locks);
  keepRetire(attempt.requests, context.clock.monotonic());
  return { outcome: retired.outcome, next: "look" };
}
