import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { makeOwnValue } from "../../clients/issuers/own-value.ts";
import { contentWith } from "../../clients/vault/content.ts";
import { versionName } from "../../clients/vault/version-name.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { writesOf } from "../observe/second-pending.ts";
import { usable } from "../observe/view.ts";
import { afterWrite } from "./after-write.ts";
import { takeCopy } from "./hand.ts";
import type { Stage, StageResult } from "./stage.ts";
import { makeRoomForHand } from "./tidy.ts";

/** Makes a value of our own and stores it before the issuer hears of it. One that was not stored is simply forgotten. */
export async function generate(invocation: Invocation, memory: Memory, observation: Observation): Promise<StageResult> {
  const { content, credential } = usable(memory, observation.current.versionNo);
  const { entropy, secretId } = invocation;
  const clientSecret = storedInVain(memory) ?? makeOwnValue(entropy, { ...credential, secretId });
  const text = content.withSecret(credential.rotatedMember, clientSecret);
  const understood = contentWith(content, credential.rotatedMember, clientSecret);
  const name = versionName(observation.list, memory.takenName, entropy);
  memory.generated = { clientSecret, startedAt: invocation.clock.monotonic() };
  // What the list of versions shows is not enough: nothing is in hand, so it may be tried.
  if (writesOf(memory) === "current" && memory.secondPending.tries > 0) {
    const why = memory.writeFailure === null ? "" : `: ${memory.writeFailure.message}`;
    throw new RotationError(
      "SECRET_NOT_ROTATABLE",
      `Vault keeps an older PENDING version and takes no second one${why}`,
    );
  }
  const write = await invocation.clients.vault.writeVersion(name, "PENDING", text, memory.etag);
  if (write.outcome === "done") {
    memory.writeFailure = null;
    memory.values += 1;
    memory.install = null;
    memory.written.push({
      name,
      known: { kind: "credential", content: understood, credential: credential.withSecret(clientSecret) },
    });
    return { outcome: "stored", next: "look" };
  }
  const result = await afterWrite(invocation, memory, observation, name, memory.etag, write);
  if (result === null) throw write.error;
  return result;
}

/**
 * A value that the issuer accepts, in a version that somebody has pushed out and Vault will not promote: it is stored once more. Another value
 * would find no room at an issuer that keeps two.
 */
function storedInVain(memory: Memory): Secret | null {
  for (const versionNo of memory.unpromotable) {
    const isAccepted = memory.logins.get(versionNo)?.login.verdict === "accepted";
    if (isAccepted) return usable(memory, versionNo).credential.clientSecret;
  }
  return null;
}

const MOST_RACES = 3;

/** Stores the value in hand. A refusal never drops it. */
export async function store(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  { versionStage }: { readonly versionStage: "PENDING" | "CURRENT" },
): Promise<StageResult> {
  const { hand } = memory;
  if (hand === null) throw new RotationError("INTERNAL", "storing was decided with nothing in hand");
  const { list } = observation;
  if (freeSlots(list) === 0 && (await makeRoomForHand(invocation, memory, list, hand.base)) > 0) {
    return { outcome: "room-made", next: "look" };
  }
  const name = versionName(list, memory.takenName, invocation.entropy);
  // Whoever writes all the time must not keep the value from being stored: its name alone excludes a second writer.
  const etag = hand.races < MOST_RACES ? memory.etag : null;
  const write = await invocation.clients.vault.writeVersion(name, versionStage, hand.text, etag);
  if (write.outcome !== "done") {
    hand.failure = write.error;
    if (write.outcome === "race-lost") hand.races += 1;
    const result = await afterWrite(invocation, memory, observation, name, etag, write);
    return result ?? { outcome: write.outcome, next: "look", isRetry: true };
  }
  memory.writeFailure = null;
  memory.written.push({
    name,
    known: { kind: "credential", content: hand.content, credential: hand.credential },
  });
  if (hand.isMinted) memory.ownName = name;
  return { outcome: "stored", next: "look" };
}

/** A stored credential that Vault will not promote becomes the value in hand. */
export async function take(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  takeCopy(invocation, memory, observation, versionNo);
  return { outcome: "copied", next: "decide" };
}

/** Stores a credential as a PENDING version: what the issuer has made, a value of our own before it hears of it, or a copy. */
export const writePending: Stage<"write-pending", "generate" | "store" | "take"> = {
  name: "write-pending",
  handles: { generate, store, take },
};
