import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { nextGrant, proofOf, refuse, requireAnotherAuthority } from "../authorities.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { readAll } from "../observe/contents.ts";
import type { Observation } from "../observe/observe.ts";
import { usable } from "../observe/view.ts";
import { regenerate } from "../stages/regenerate.ts";
import { verifyPending } from "../stages/verify-pending.ts";
import type { Effect } from "./effect.ts";
import { takeIntoHand } from "./hand.ts";

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

/** Has the issuer make a new client secret, with whatever may still ask for one. */
export async function mint(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
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
  const minted = await regenerate(invocation, credential, proof, isOurs);
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

/** Reads every stored version, and who else may speak for the client: CURRENT is dead, and something must be found that is not. */
export async function readOthers(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  await readAll(invocation, memory, observation.list);
  memory.hasReadOthers = true;
  const { credential } = usable(memory, observation.current.versionNo);
  memory.authorities ??= await invocation.authoritiesFor(credential, memory.place);
  return { outcome: "read", next: "decide" };
}

/** Asks the issuer for the client secret that it holds. */
export async function readBack(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  const { credential } = usable(memory, observation.current.versionNo);
  const grant = nextGrant(invocation, memory, observation);
  if (grant === null) throw new RotationError("INTERNAL", "reading back was decided with nothing to read by");
  const proof = await proofOf(invocation, memory, grant);
  if (proof === null) return { outcome: "authority-unusable", next: "decide" };
  const read = await credential.readBack(proof);
  memory.readBackSince ??= invocation.clock.monotonic();
  if (read.outcome === "unknown") return { outcome: "read-back-unknown", next: "look", isRetry: true };
  if (read.outcome === "proof-refused") {
    refuse(memory, grant);
    return { outcome: "token-refused", next: "decide" };
  }
  const settledAt = memory.readBackSince + invocation.settings.landingBoundSeconds * 1000;
  const isEarly = invocation.clock.monotonic() < settledAt;
  memory.isReadBackSpent = true;
  if (read.outcome !== "read" || read.clientSecret.equals(credential.clientSecret)) {
    return { outcome: "not-readable", next: "decide" };
  }
  const isTaken = takeIntoHand(invocation, memory, observation, read.clientSecret, false);
  const { hand } = memory;
  if (!isTaken || hand === null) return { outcome: "not-readable", next: "decide" };
  hand.login = await verifyPending(hand.credential);
  if (hand.login.verdict === "rejected") {
    memory.hand = null;
    // A node may not have heard of it yet: within the landing bound a refusal says nothing.
    memory.isReadBackSpent = !isEarly;
    const endsIn = settledAt - invocation.clock.monotonic();
    return { outcome: "read-back-rejected", next: "look", isRetry: isEarly, ...(endsIn > 0 && { endsIn }) };
  }
  return { outcome: `read-back-${hand.login.verdict}`, next: "decide" };
}
