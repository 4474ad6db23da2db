import { RotationError } from "../../base/errors.ts";
import type { Write } from "../../clients/vault/store.ts";
import { versionName } from "../../clients/vault/version-name.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { judgeSecondPending } from "../observe/second-pending.ts";
import { promote } from "../stages/promote.ts";
import { cancelDeletions, makeRoomForHand } from "../stages/tidy.ts";
import { writePending } from "../stages/write-pending.ts";
import type { Effect } from "./effect.ts";
import { takeCopy } from "./hand.ts";

/**
 * What follows from a content write that did not end well. Null: Vault refuses it, and nothing that we know of would change that.
 * @param etag that it was sent with
 */
export async function afterWrite(
  invocation: Invocation,
  memory: Memory,
  { list }: Observation,
  name: string,
  etag: string | null,
  write: Exclude<Write, { outcome: "done" }>,
): Promise<Effect | null> {
  memory.writeFailure = write.error;
  memory.takenName = write.outcome === "name-taken" ? name : null;
  // The secret was ACTIVE when it was looked at: a write that stays busy may be waiting for a version that awaits deletion.
  if (write.outcome === "busy") memory.busyWrites += 1;
  const judged = judgeSecondPending(memory, list, etag, write);
  if (judged === "refused" || (judged === "doubtful" && write.outcome === "refused")) {
    return { outcome: "second-pending-refused", next: "look" };
  }
  const isBlocked = write.outcome === "refused" || memory.busyWrites > 1;
  if (!isBlocked) return { outcome: write.outcome, next: "look", isRetry: true };
  if (
    !memory.hasCancelledDeletions &&
    write.error.code !== "VAULT_FORBIDDEN" &&
    list.versions.some((version) => version.isBeingDeleted)
  ) {
    memory.hasCancelledDeletions = true;
    await cancelDeletions(invocation, list);
    return { outcome: "deletions-cancelled", next: "look" };
  }
  return write.outcome === "refused" ? null : { outcome: write.outcome, next: "look", isRetry: true };
}

const MOST_RACES = 3;

/** Stores the value in hand. A refusal never drops it. */
export async function store(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  versionStage: "PENDING" | "CURRENT",
): Promise<Effect> {
  const { hand } = memory;
  if (hand === null) throw new RotationError("INTERNAL", "storing was decided with nothing in hand");
  const { list } = observation;
  if (freeSlots(list) === 0 && (await makeRoomForHand(invocation, memory, list, hand.base)) > 0) {
    return { outcome: "room-made", next: "look" };
  }
  const name = versionName(list, memory.takenName, invocation.entropy);
  // Whoever writes all the time must not keep the value from being stored: its name alone excludes a second writer.
  const etag = hand.races < MOST_RACES ? memory.etag : null;
  const write = await writePending(invocation, name, versionStage, hand.text, etag);
  if (write.outcome !== "done") {
    hand.failure = write.error;
    if (write.outcome === "race-lost") hand.races += 1;
    const effect = await afterWrite(invocation, memory, observation, name, etag, write);
    return effect ?? { outcome: write.outcome, next: "look", isRetry: true };
  }
  memory.writeFailure = null;
  memory.written.push({
    name,
    known: { kind: "credential", content: hand.content, credential: hand.credential },
  });
  if (hand.isMinted) memory.ownName = name;
  return { outcome: "stored", next: "look" };
}

/** What is no PENDING version, and cannot be promoted by then, can still be copied. */
const MOST_PROMOTIONS = 4;

/** Promotes by number. What Vault refuses to promote, by whatever answer, is copied instead. */
export async function promoteVersion(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  versionNo: number,
): Promise<Effect> {
  // By whatever answer Vault would keep tags out of a promote: the next try goes without.
  const tags = memory.promotions.has(versionNo) ? null : memory.tags;
  const write = await promote(invocation, versionNo, memory.etag, tags);
  if (write.outcome === "done") return { outcome: "promoted", next: "promoted" };
  memory.writeFailure = write.error;
  const version = observation?.list.versions.find((candidate) => candidate.versionNo === versionNo);
  const isOld = version !== undefined && !version.versionStages.includes("PENDING");
  if (write.outcome !== "refused") {
    const tries = (memory.promotions.get(versionNo) ?? 0) + 1;
    memory.promotions.set(versionNo, tries);
    // Look after look shows the secret ACTIVE, and the version where it was.
    const isRefusal = isOld && tries >= MOST_PROMOTIONS;
    if (!isRefusal) return { outcome: write.outcome, next: "look", isRetry: true };
  } else if (!isOld) throw write.error;
  memory.unpromotable.add(versionNo);
  return { outcome: "refused", next: "decide" };
}

/** A stored credential that Vault will not promote becomes the value in hand. */
export function take(invocation: Invocation, memory: Memory, observation: Observation, versionNo: number): Effect {
  takeCopy(invocation, memory, observation, versionNo);
  return { outcome: "copied", next: "decide" };
}
