import { RotationError } from "../../../base/errors.ts";
import type { Claim } from "../../../clients/vault/claim.ts";
import { parseContent } from "../../../clients/vault/content.ts";
import { versionName } from "../../../clients/vault/version-name.ts";
import { nextGrant } from "../../authorities.ts";
import type { Invocation } from "../../invocation.ts";
import type { Memory, OwnClaim } from "../../memory.ts";
import { isOwnClaim, type Observation } from "../../observe/observe.ts";
import { usable } from "../../observe/view.ts";
import { afterWrite } from "../after-write.ts";
import type { StageResult } from "../stage.ts";

/** This call's claim where that only lies in the wrong place: it is written once more, and stays this call's whatever becomes of the write. */
function movedClaim(memory: Memory, { list }: Observation): OwnClaim | null {
  const [highest] = list.versions;
  return memory.refusesSecondPending && highest !== undefined && isOwnClaim(memory, highest) ? memory.claim : null;
}

/** How many unfinished claims lie right below the one to be written. */
function takeoversAbove(memory: Memory, { list }: Observation, moved: OwnClaim | null): number {
  const [highest] = list.versions;
  const known = highest === undefined ? undefined : memory.contents.get(highest.versionNo);
  if (known?.kind !== "claim") return 0;
  return known.claim.takeovers + (moved === null ? 1 : 0);
}

/**
 * A claim in CURRENT takes the place of what applications read. Should Vault ignore `if-match`, nothing but a look right before keeps it
 * from replacing a version that an operator has made CURRENT since: such a version has no name of ours to collide with.
 */
async function hasChanged({ clients: { vault } }: Invocation, memory: Memory, currentNo: number): Promise<boolean> {
  const { currentVersionNo, etag } = await vault.readSecret();
  // Vault need not say the number with the secret itself.
  return (currentVersionNo ?? currentNo) !== currentNo || etag !== memory.etag;
}

/** Writes this call's claim: CURRENT's credential, marked, with a token that outlives the secret which got it. */
export async function claim(invocation: Invocation, memory: Memory, observation: Observation): Promise<StageResult> {
  const { list, current } = observation;
  const { content, credential } = usable(memory, current.versionNo);
  const grant = nextGrant(invocation, memory, observation);
  if (grant === null) throw new RotationError("INTERNAL", "a claim was decided with nothing to mint by");
  const versionStage = memory.refusesSecondPending ? "CURRENT" : "PENDING";
  if (versionStage === "CURRENT" && (await hasChanged(invocation, memory, current.versionNo))) {
    return { outcome: "changed", next: "look" };
  }
  const moved = movedClaim(memory, observation);
  // Under another id: a secret may have a rule against repeated texts.
  const callId = invocation.entropy.uuid();
  const mark: Claim = {
    callId,
    ttlSeconds: invocation.settings.claimTtlSeconds,
    base: current.versionNo,
    takeovers: takeoversAbove(memory, observation, moved),
    token: grant.kind === "token" ? { value: grant.token, expiresAt: grant.expiresAt } : null,
  };
  const text = content.withClaim(mark);
  const claimed = parseContent(text);
  const name = versionName(list, memory.takenName, invocation.entropy);
  memory.claim = {
    callId,
    earlierIds: moved === null ? [] : [...moved.earlierIds, moved.callId],
    name,
    content: claimed,
    credential,
    // Under the same name an earlier try may have landed.
    startedAt: moved?.name === name ? moved.startedAt : invocation.clock.monotonic(),
    isConfirmed: false,
    isJustWritten: false,
  };
  // It takes the lock, and proves that we may write, with the very kind of write that must not fail later.
  const write = await invocation.clients.vault.writeVersion(name, versionStage, text, memory.etag);
  if (write.outcome === "done") {
    memory.claim.isConfirmed = true;
    memory.claim.isJustWritten = true;
    memory.writeFailure = null;
    memory.written.push({
      name,
      known: { kind: "claim", content: claimed, claim: mark, credential: memory.claim.credential },
    });
    return { outcome: "claimed", next: "look" };
  }
  const result = await afterWrite(invocation, memory, observation, name, memory.etag, write);
  // Nothing has changed at the issuer: a write that is refused for good ends the call here, which is what the claim is for.
  if (result === null) throw write.error;
  return { ...result, outcome: `claim-${result.outcome}` };
}
