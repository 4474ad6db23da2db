import { RotationError } from "../../../base/errors.ts";
import { nextGrant, proofOf, refuse } from "../../authorities.ts";
import type { Invocation } from "../../invocation.ts";
import type { Memory } from "../../memory.ts";
import type { Observation } from "../../observe/observe.ts";
import { usable } from "../../observe/view.ts";
import { takeIntoHand } from "../hand.ts";
import type { StageResult } from "../stage.ts";

/** Asks the issuer for the client secret that it holds. */
export async function readBack(invocation: Invocation, memory: Memory, observation: Observation): Promise<StageResult> {
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
  hand.login = await hand.credential.login(null);
  if (hand.login.verdict === "rejected") {
    memory.hand = null;
    // A node may not have heard of it yet: within the landing bound a refusal says nothing.
    memory.isReadBackSpent = !isEarly;
    const endsIn = settledAt - invocation.clock.monotonic();
    return { outcome: "read-back-rejected", next: "look", isRetry: isEarly, ...(endsIn > 0 && { endsIn }) };
  }
  return { outcome: `read-back-${hand.login.verdict}`, next: "decide" };
}
