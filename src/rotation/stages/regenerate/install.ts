import { noGraceUpTo } from "../../../clients/vault/rotation-metadata.ts";
import type { Attempt } from "../../attempt.ts";
import { authorize, markRefused, requesterFor, requireAnotherAuthority } from "../../authorities.ts";
import type { Context } from "../../context.ts";
import type { Snapshot } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

/** Gives the issuer a stored value. Idempotent: a retry sends the same value. */
export async function install(
  context: Context,
  attempt: Attempt,
  snapshot: Snapshot,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { credential } = usable(attempt, snapshot.current.versionNo);
  const value = usable(attempt, versionNo).credential;
  const { clientSecret } = value;
  const { versionNo: currentNo } = snapshot.current;
  const isCurrentAccepted = attempt.logins.get(currentNo)?.login.verdict === "accepted";
  // Compromised values have no grace, even if another call finishes the rotation.
  const keepsCurrent =
    isCurrentAccepted && currentNo > noGraceUpTo(attempt.metadata, snapshot.list.versions[0]?.versionNo ?? 0);
  const requester = await requesterFor(context, attempt, snapshot, credential);
  const authorization = await authorize(context, attempt, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(context);
  const installed = await credential.install(authorization, value, keepsCurrent);
  const at = context.clock.monotonic();
  switch (installed.outcome) {
    case "proof-refused":
      markRefused(attempt, requester);
      if (isCurrentAccepted) await requireAnotherAuthority(context, attempt, credential, installed.error);
      return { outcome: "token-refused", next: "decide" };
    case "refused":
      throw installed.error;
    case "policy-refused":
      attempt.install = { clientSecret, at, isRefused: true };
      return { outcome: "policy-refused", next: "look" };
    case "occupied":
      attempt.occupiedSince ??= at;
      attempt.install = { clientSecret, at, isRefused: false };
      attempt.logins.clear();
      return { outcome: "occupied", next: "look" };
    default:
      if (attempt.lease !== null && installed.outcome === "unknown") attempt.lease.isOpen = true;
      attempt.installs += 1;
      attempt.unansweredInstallAt = installed.outcome === "unknown" ? at : null;
      attempt.isInstallAnswered ||= installed.outcome === "installed";
      attempt.install = { clientSecret, at, isRefused: false };
      attempt.logins.clear();
      return { outcome: installed.outcome, next: installed.outcome === "installed" ? "decide" : "look" };
  }
}
