import { grantFor, proofOf, refuse, requireAnotherAuthority } from "../../authorities.ts";
import type { Invocation } from "../../invocation.ts";
import type { Memory } from "../../memory.ts";
import type { Observation } from "../../observe/observe.ts";
import { usable } from "../../observe/view.ts";
import type { StageResult } from "../stage.ts";
import { requireTimeToMint } from "./time.ts";

/** Has the issuer forget PREVIOUS's value, which is the older of the two. */
export async function retire(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { credential } = usable(memory, observation.current.versionNo);
  const older = usable(memory, versionNo).credential;
  const grant = await grantFor(invocation, memory, observation, credential);
  const proof = await proofOf(invocation, memory, grant);
  if (proof === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(invocation);
  const age = invocation.clock.monotonic() - (memory.lease?.startedAt ?? Number.NEGATIVE_INFINITY);
  if (age >= invocation.settings.claimTtlSeconds * 1000) return { outcome: "lease-expired", next: "look" };
  const retired = await credential.retire(proof, older);
  if (retired.outcome === "proof-refused") {
    refuse(memory, grant);
    await requireAnotherAuthority(invocation, memory, credential, retired.error);
    return { outcome: "token-refused", next: "decide" };
  }
  if (retired.outcome === "refused") throw retired.error;
  if (memory.lease !== null && retired.outcome === "unknown") memory.lease.isOpen = true;
  memory.retires += 1;
  memory.retiredAt = invocation.clock.monotonic();
  if (memory.occupiedSince !== null) {
    // There may be room now: the same value is sent once more.
    memory.occupiedSince = null;
    memory.install = null;
  }
  return { outcome: retired.outcome, next: "look" };
}
