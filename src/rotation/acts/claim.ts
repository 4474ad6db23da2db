import { RotationError } from "../../base/errors.ts";
import type { Credential, Proof } from "../../clients/issuers/issuer.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { versionName } from "../../clients/vault/version-name.ts";
import { grantFor, nextGrant, proofOf, speaksForItself } from "../authorities.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory, OwnClaim } from "../memory.ts";
import { isOwnClaim, type Observation } from "../observe/observe.ts";
import { usable } from "../observe/view.ts";
import { checkRoom, fetchToken, NEEDED_SLOTS } from "../stages/fetch-token.ts";
import { tidy } from "../stages/tidy.ts";
import { waysBack } from "../ways-back.ts";
import type { Effect } from "./effect.ts";
import { afterWrite } from "./writes.ts";

/** A rotation that has already changed the issuer may use all slots but the two kept for credentials. */
const SLOTS_TO_FINISH = 3;

/** Where the time went into tries to write the claim, the answer names what was wrong with those. */
function whyNoTime(memory: Memory, thrown: unknown): unknown {
  const isLate = thrown instanceof RotationError && thrown.code === "DEADLINE_TOO_SHORT";
  return isLate && memory.writeFailure !== null ? memory.writeFailure : thrown;
}

/** Preflight: everything that may fail is asked before anything changes. */
export async function prepare(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  try {
    return await preflight(invocation, memory, observation);
  } catch (thrown) {
    throw whyNoTime(memory, thrown);
  }
}

async function preflight(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  const { list, current } = observation;
  const { versionNo } = current;
  const makeRoom = () => tidy(invocation, memory, list, versionNo);
  const isCurrentDead = memory.logins.get(versionNo)?.login.verdict === "rejected";
  const { credential } = usable(memory, versionNo);
  if (isCurrentDead) {
    try {
      await inspect(invocation, memory, observation, credential);
      // A version that is stored before anybody has shown that they may ask only waits for an operator, and blocks others meanwhile.
      await requireAuthority(invocation, memory, observation, credential);
    } catch (thrown) {
      if (nextGrant(invocation, memory, observation) === null) return { outcome: "authority-unusable", next: "decide" };
      throw thrown;
    }
    if (!(await checkRoom(invocation, list, SLOTS_TO_FINISH, makeRoom))) return { outcome: "tidied", next: "look" };
  } else {
    await inspect(invocation, memory, observation, credential);
    const verdict = memory.logins.get(versionNo)?.login;
    const isTokenless = verdict?.verdict === "accepted" && verdict.token === null;
    if (isTokenless || !speaksForItself(memory, observation)) {
      if (!(await checkRoom(invocation, list, NEEDED_SLOTS, makeRoom))) return { outcome: "tidied", next: "look" };
      await requireAuthority(invocation, memory, observation, credential);
    } else {
      const token = await fetchToken(invocation, { credential, versionNo }, memory.tokenLifeSeconds, list, makeRoom);
      if (token === null) return { outcome: "tidied", next: "look" };
      memory.token = { client: credential.client, ...token };
    }
    await waysBack(invocation, memory, credential, list.asOf);
  }
  memory.isPrepared = true;
  return { outcome: "prepared", next: "decide" };
}

/**
 * Where the client itself may not ask for a new value, or cannot any more, another one must, and it is asked to log in before anything
 * changes.
 * @throws RotationError ISSUER_FORBIDDEN where there is none, or what its login brought
 */
async function requireAuthority(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  credential: Credential,
): Promise<Proof> {
  for (;;) {
    const grant = await grantFor(invocation, memory, observation, credential);
    const proof = await proofOf(invocation, memory, grant);
    if (proof !== null) return proof;
  }
}

/** What the issuer shows to be in the way, asked once in a call. */
async function inspect(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  credential: Credential,
): Promise<void> {
  if (memory.isInspected) return;
  await credential.preflight?.(() => requireAuthority(invocation, memory, observation, credential));
  memory.isInspected = true;
}

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
async function hasChanged({ store }: Invocation, memory: Memory, currentNo: number): Promise<boolean> {
  const { currentVersionNo, etag } = await store.readSecret();
  // Vault need not say the number with the secret itself.
  return (currentVersionNo ?? currentNo) !== currentNo || etag !== memory.etag;
}

/** Writes this call's claim: CURRENT's credential, marked, with a token that outlives the secret which got it. */
export async function claim(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
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
  const write = await invocation.store.writeVersion(name, versionStage, text, memory.etag);
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
  const effect = await afterWrite(invocation, memory, observation, name, memory.etag, write);
  // Nothing has changed at the issuer: a write that is refused for good ends the call here, which is what the claim is for.
  if (effect === null) throw write.error;
  return { ...effect, outcome: `claim-${effect.outcome}` };
}
