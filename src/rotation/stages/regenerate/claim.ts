import { RotationError } from "../../../base/errors.ts";
import type { Claim } from "../../../clients/vault/claim.ts";
import { parseContent } from "../../../clients/vault/content.ts";
import { highestNo } from "../../../clients/vault/highest.ts";
import { versionName } from "../../../clients/vault/version-name.ts";
import type { Attempt } from "../../attempt/attempt.ts";
import type { OwnClaim } from "../../attempt/locks.ts";
import type { AttemptRead } from "../../attempt/read.ts";
import { keepWritten } from "../../attempt/writes.ts";
import { nextRequester } from "../../authorities.ts";
import type { Observed } from "../../observe/observe.ts";
import { isOwnClaim, type Snapshot } from "../../observe/observe.ts";
import { usable } from "../../observe/values.ts";
import type { Rotation } from "../../rotation.ts";
import { afterWrite } from "../after-write.ts";
import type { StageResult } from "../stage.ts";

/**
 * This call's claim, if it only lies in the wrong place. It is written again and stays this call's, whatever becomes of
 * the write.
 */
function movedClaim(attempt: Attempt, { list }: Snapshot): OwnClaim | null {
  const own = list.versions.find((version) => isOwnClaim(attempt, version));
  return attempt.writes.refusesSecondPending && own?.versionNo === highestNo(list) ? attempt.locks.claim : null;
}

/** The number of unfinished claims right below the one to be written. */
function takeoversAbove(read: AttemptRead, { list }: Snapshot, moved: OwnClaim | null): number {
  const known = read.contents.get(highestNo(list));
  if (known?.kind !== "claim") return 0;
  return known.claim.takeovers + (moved === null ? 1 : 0);
}

/**
 * A claim in CURRENT replaces what applications read. If Vault ignores `if-match`, only a look right before protects a
 * version that an operator made CURRENT since. Such a version has no name of ours to collide with.
 */
async function hasChanged(
  {
    context: {
      clients: { vault },
    },
    attempt,
  }: Rotation,
  currentNo: number,
): Promise<boolean> {
  const { currentVersionNo, etag } = await vault.readSecret();
  // Vault may omit the number in the secret.
  return (currentVersionNo ?? currentNo) !== currentNo || etag !== attempt.read.etag;
}

/** Writes this call's claim: CURRENT's credential, marked, with a token that outlives the secret it was got with. */
export async function claim(rotation: Observed): Promise<StageResult> {
  const { context, attempt, snapshot } = rotation;
  const { list, current } = snapshot;
  const { content, credential } = usable(attempt.read, current.versionNo);
  const requester = nextRequester(rotation);
  if (requester === null) throw new RotationError("INTERNAL", "a claim was decided with nothing to mint by");
  const versionStage = attempt.writes.refusesSecondPending ? "CURRENT" : "PENDING";
  if (versionStage === "CURRENT" && (await hasChanged(rotation, current.versionNo))) {
    return { outcome: "changed", next: "look" };
  }
  const moved = movedClaim(attempt, snapshot);
  // A new id each time, because a secret may have a rule against repeated contents.
  const callId = context.entropy.uuid();
  const mark: Claim = {
    callId,
    ttlSeconds: context.settings.claimTtlSeconds,
    base: current.versionNo,
    takeovers: takeoversAbove(attempt.read, snapshot, moved),
    token: requester.kind === "token" ? { value: requester.token, expiresAt: requester.expiresAt } : null,
  };
  const text = content.withClaim(mark);
  const claimed = parseContent(text);
  const name = versionName(list, attempt.writes.takenName, context.entropy);
  attempt.locks.claim = {
    callId,
    earlierIds: moved === null ? [] : [...moved.earlierIds, moved.callId],
    name,
    content: claimed,
    credential,
    // An earlier try under the same name may have landed.
    startedAt: moved?.name === name ? moved.startedAt : context.clock.monotonic(),
    isConfirmed: false,
    isJustWritten: false,
  };
  // This write takes the lock. It also proves that we may write, with the same kind of write that must not fail later.
  const write = await context.clients.vault.writeVersion(name, versionStage, text, attempt.read.etag);
  if (write.outcome === "done") {
    attempt.locks.claim.isConfirmed = true;
    attempt.locks.claim.isJustWritten = true;
    keepWritten(attempt.writes, name, { kind: "claim", content: claimed, claim: mark, credential });
    return { outcome: "claimed", next: "look" };
  }
  const result = await afterWrite(rotation, name, attempt.read.etag, write);
  // Nothing has changed at the issuer. A final refusal ends the call here, which is what the claim is for.
  if (result === null) throw write.error;
  return { ...result, outcome: `claim-${result.outcome}` };
}
