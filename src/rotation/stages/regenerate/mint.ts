import { RotationError } from "../../../base/errors.ts";
import type { Secret } from "../../../base/secret.ts";
import { nextGrant, proofOf, refuse, requireAnotherAuthority } from "../../authorities.ts";
import type { Invocation } from "../../invocation.ts";
import type { Memory } from "../../memory.ts";
import type { Observation } from "../../observe/observe.ts";
import { usable } from "../../observe/view.ts";
import { takeIntoHand } from "../hand.ts";
import type { StageResult } from "../stage.ts";
import { hasTimeToMint, requireTimeToMint } from "./time.ts";

/** Each waits longer than the one before; together they outlast any other change of the same client. */
const MOST_BUSY_MINTS = 5;

/** The issuer has made it, and no version can hold it. */
function tooLarge(clientSecret: Secret): RotationError {
  const { length } = clientSecret.reveal();
  return new RotationError(
    "LOCKED_OUT",
    `the issuer made a client secret of ${length} characters, with which the content is larger than the 25 KB that a version may hold`,
    "take members out of the secret's content or have the issuer make shorter ones, regenerate in its console, store the value as PENDING, run heal",
  );
}

/**
 * Has the issuer make a new client secret, with whatever may still ask for one. The request is sent once: whether an unanswered one has
 * taken effect is found out by looking.
 */
export async function mint(invocation: Invocation, memory: Memory, observation: Observation): Promise<StageResult> {
  const { versionNo } = observation.current;
  const { credential } = usable(memory, versionNo);
  const wasCurrentAccepted = memory.logins.get(versionNo)?.login.verdict === "accepted";
  const grant = nextGrant(invocation, memory, observation);
  if (grant === null) throw new RotationError("INTERNAL", "a mint was decided with nothing to mint by");
  const proof = await proofOf(invocation, memory, grant);
  if (proof === null) return { outcome: "authority-unusable", next: "decide" };
  const claimedAt = memory.claim?.startedAt ?? Number.NEGATIVE_INFINITY;
  const isOurs = () => invocation.clock.monotonic() - claimedAt < invocation.settings.claimTtlSeconds * 1000;
  if (!isOurs()) return { outcome: "claim-expired", next: "look" };
  memory.openMint = null;
  memory.isReadBackSpent = false;
  memory.readBackSince = null;
  requireTimeToMint(invocation);
  const minted = await credential.mint(proof, () => isOurs() && hasTimeToMint(invocation));
  if (minted.outcome === "proof-refused") {
    refuse(memory, grant);
    if (wasCurrentAccepted) await requireAnotherAuthority(invocation, memory, credential, minted.error);
    return { outcome: "token-refused", next: "decide" };
  }
  if (minted.outcome === "refused") throw minted.error;
  if (minted.outcome === "busy") {
    memory.busyMints += 1;
    if (memory.busyMints > MOST_BUSY_MINTS) throw minted.error;
    return { outcome: "busy", next: "look", isRetry: true };
  }
  if (memory.mints > 0) invocation.log.warn("minted-again", { stage: "regenerate", mints: memory.mints + 1 });
  memory.mints += 1;
  if (minted.outcome === "unknown") {
    const { code, message } = minted.error;
    // Without what comes next by its code: nobody knows yet whether CURRENT still works.
    invocation.log.warn("mint-unanswered", { stage: "regenerate", code, message });
    memory.openMint = { at: invocation.clock.monotonic(), wasCurrentAccepted };
    return { outcome: "unknown", next: "look" };
  }
  if (!takeIntoHand(invocation, memory, observation, minted.clientSecret, true)) throw tooLarge(minted.clientSecret);
  return { outcome: "minted", next: "decide" };
}
