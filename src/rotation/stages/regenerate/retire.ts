import type { Authorization, Credential, Retire } from "../../../clients/issuers/issuer.ts";
import { leaveOpen } from "../../attempt/locks.ts";
import { keepRetire } from "../../attempt/requests.ts";
import { authorize, markRefused, requesterFor, requireAnotherAuthority } from "../../authorities.ts";
import type { Observed } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

type End = (credential: Credential, authorization: Authorization) => Promise<Retire>;

/** Has the issuer delete PREVIOUS's value, the older of the two. */
export function retire(rotation: Observed, { versionNo }: { readonly versionNo: number }): Promise<StageResult> {
  const older = usable(rotation.attempt.read, versionNo).credential;
  return end(rotation, (credential, authorization) => credential.retire(authorization, older));
}

/** Has the issuer keep CURRENT's value alone, which ends those too that no version holds. Idempotent. */
export async function keepAlone(rotation: Observed): Promise<StageResult> {
  const result = await end(rotation, async (credential, authorization) => {
    const kept = await credential.keepAlone?.(authorization);
    return kept ?? { outcome: "nothing-to-retire" };
  });
  if (result.outcome === "retired" || result.outcome === "nothing-to-retire") {
    rotation.attempt.requests.isAlone = true;
  }
  return result;
}

/** Only under a lease, which no other run has. */
async function end(rotation: Observed, send: End): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { credential } = usable(attempt.read, rotation.snapshot.current.versionNo);
  const requester = await requesterFor(rotation, credential);
  const authorization = await authorize(rotation, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(context);
  const age = context.clock.monotonic() - (attempt.locks.lease?.startedAt ?? Number.NEGATIVE_INFINITY);
  if (age >= context.settings.claimTtlSeconds * 1000) return { outcome: "lease-expired", next: "look" };
  const retired = await send(credential, authorization);
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
