import { RotationError } from "../../../base/errors.ts";
import type { Secret } from "../../../base/secret.ts";
import { beginMint } from "../../attempt/requests.ts";
import { authorize, markRefused, nextRequester, requireAnotherAuthority } from "../../authorities.ts";
import type { Observed } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { StageResult } from "../stage.ts";
import { keepUnsaved } from "../unsaved.ts";
import { hasTimeToMint, requireTimeToMint } from "./time.ts";

/** Each retry waits longer than the one before. Together they outlast any other change of the same client. */
const MAX_BUSY_MINTS = 5;

/** The error for a value that the issuer made and no version can hold. */
function tooLarge(clientSecret: Secret): RotationError {
  const { length } = clientSecret.reveal();
  return new RotationError(
    "LOCKED_OUT",
    `the issuer made a client secret of ${length} characters, with which the content is larger than the 25 KB that a version may hold`,
    "take members out of the secret's content or have the issuer make shorter ones, regenerate in its console, store the value as PENDING, run heal",
  );
}

/**
 * Has the issuer make a new client secret, with any credential that may still ask. The request is sent once. After a
 * lost answer, later looks find out whether it took effect.
 */
export async function mint(rotation: Observed): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { versionNo } = rotation.snapshot.current;
  const { credential } = usable(attempt.read, versionNo);
  const wasCurrentAccepted = attempt.read.logins.get(versionNo)?.login.verdict === "accepted";
  const requester = nextRequester(rotation);
  if (requester === null) throw new RotationError("INTERNAL", "a mint was decided with nothing to mint by");
  const authorization = await authorize(rotation, requester);
  if (authorization === null) return { outcome: "authority-unusable", next: "decide" };
  const claimedAt = attempt.locks.claim?.startedAt ?? Number.NEGATIVE_INFINITY;
  const isOurs = () => context.clock.monotonic() - claimedAt < context.settings.claimTtlSeconds * 1000;
  if (!isOurs()) return { outcome: "claim-expired", next: "look" };
  beginMint(attempt.requests);
  requireTimeToMint(context);
  const askedAt = context.clock.monotonic();
  const minted = await credential.mint(authorization, () => isOurs() && hasTimeToMint(context));
  if (minted.outcome === "proof-refused") {
    markRefused(attempt.authorities, requester);
    if (wasCurrentAccepted) await requireAnotherAuthority(rotation, credential, minted.error);
    return { outcome: "token-refused", next: "decide" };
  }
  if (minted.outcome === "refused") throw minted.error;
  if (minted.outcome === "busy") {
    attempt.requests.busyMints += 1;
    if (attempt.requests.busyMints > MAX_BUSY_MINTS) throw minted.error;
    return { outcome: "busy", next: "look", isRetry: true };
  }
  if (attempt.requests.mints > 0)
    context.log.warn("minted-again", { stage: "regenerate", mints: attempt.requests.mints + 1 });
  attempt.requests.mints += 1;
  attempt.requests.deadSince ??= askedAt;
  if (minted.outcome === "unknown") {
    const { code, message } = minted.error;
    // The error's next action is left out: it is not known yet whether CURRENT still works.
    context.log.warn("mint-unanswered", { stage: "regenerate", code, message });
    attempt.requests.openMint = { at: context.clock.monotonic(), wasCurrentAccepted };
    return { outcome: "unknown", next: "look" };
  }
  if (!keepUnsaved(rotation, minted.clientSecret, true)) throw tooLarge(minted.clientSecret);
  return { outcome: "minted", next: "decide" };
}
