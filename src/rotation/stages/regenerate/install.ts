import type { Older } from "../../../clients/issuers/issuer.ts";
import { highestNo } from "../../../clients/vault/highest.ts";
import { noGraceUpTo } from "../../../clients/vault/rotation-metadata.ts";
import { leaveOpen } from "../../attempt/locks.ts";
import { isPlaceholder } from "../../attempt/read.ts";
import { keepInstall } from "../../attempt/requests.ts";
import { authorize, markRefused, requesterFor, requireAnotherAuthority } from "../../authorities.ts";
import type { Observed } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

/**
 * Compromised values have no grace, even if another call finishes the rotation. What an issuer has ended is revived for a placeholder alone, and
 * only before anything was promoted over it: from then on Vault always has a PREVIOUS. So whoever makes version 1 CURRENT again revives nothing.
 */
function olderOf({ attempt: { read }, snapshot: { current, list } }: Observed): Older {
  if (current.versionNo <= noGraceUpTo(read.metadata, highestNo(list))) return "end";
  if (read.logins.get(current.versionNo)?.login.verdict === "accepted") return "keep";
  const wasReplaced = list.versions.some(({ versionStages }) => versionStages.includes("PREVIOUS"));
  return isPlaceholder(read, current.versionNo) && !wasReplaced ? "revive" : "end";
}

/** Gives the issuer a stored value. Idempotent: a retry sends the same value. */
export async function install(rotation: Observed, { versionNo }: { readonly versionNo: number }): Promise<StageResult> {
  const { context, attempt, snapshot } = rotation;
  const { credential } = usable(attempt.read, snapshot.current.versionNo);
  const value = usable(attempt.read, versionNo).credential;
  const { versionNo: currentNo } = snapshot.current;
  const isCurrentAccepted = attempt.read.logins.get(currentNo)?.login.verdict === "accepted";
  const requester = await requesterFor(rotation, credential);
  const authorization = await authorize(rotation, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(context);
  const askedAt = context.clock.monotonic();
  const installed = await credential.install(authorization, value, olderOf(rotation));
  switch (installed.outcome) {
    case "proof-refused":
      markRefused(attempt.authorities, requester);
      if (isCurrentAccepted) await requireAnotherAuthority(rotation, credential, installed.error);
      return { outcome: "token-refused", next: "decide" };
    case "refused":
      throw installed.error;
    default:
      keepInstall(attempt.requests, value.clientSecret, installed.outcome, context.clock.monotonic());
      if (installed.outcome === "unknown") leaveOpen(attempt.locks);
      if (installed.outcome !== "policy-refused") attempt.read.logins.clear();
      if (installed.outcome === "installed" || installed.outcome === "unknown") attempt.requests.deadSince ??= askedAt;
      return { outcome: installed.outcome, next: installed.outcome === "installed" ? "decide" : "look" };
  }
}
