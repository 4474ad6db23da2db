import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { makeOwnValue } from "../../clients/issuers/own-value.ts";
import { contentWith } from "../../clients/vault/content.ts";
import { versionName } from "../../clients/vault/version-name.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { keepWritten } from "../attempt/writes.ts";
import { noteDeadWindowOf } from "../housekeeping/dead-window.ts";
import type { Observed } from "../observe/observe.ts";
import { writesOf } from "../observe/second-pending.ts";
import { usable } from "../observe/values.ts";
import { afterWrite } from "./after-write.ts";
import type { Stage, StageResult } from "./stage.ts";
import { makeRoomForUnsaved } from "./tidy.ts";
import { copyVersion } from "./unsaved.ts";
import { logInToPromote } from "./verify-pending.ts";

/**
 * Makes a value of our own and stores it before the issuer gets it. A value that could not be stored is dropped without
 * harm.
 */
export async function generate(rotation: Observed): Promise<StageResult> {
  const { context, attempt, snapshot } = rotation;
  const { content, credential } = usable(attempt.read, snapshot.current.versionNo);
  const { entropy, secretId } = context;
  const clientSecret = storedInVain(attempt) ?? makeOwnValue(entropy, { ...credential, secretId });
  const text = content.withSecret(credential.rotatedMember, clientSecret);
  const understood = contentWith(content, credential.rotatedMember, clientSecret);
  const name = versionName(snapshot.list, attempt.writes.takenName, entropy);
  attempt.requests.generated = { clientSecret, startedAt: context.clock.monotonic() };
  // The list of versions alone does not prove a refusal. Nothing is unsaved here, so the write is worth a try.
  if (writesOf(attempt.writes) === "current" && attempt.writes.secondPending.tries > 0) {
    const why = attempt.writes.writeFailure === null ? "" : `: ${attempt.writes.writeFailure.message}`;
    throw new RotationError(
      "SECRET_NOT_ROTATABLE",
      `Vault keeps an older PENDING version and takes no second one${why}`,
    );
  }
  const write = await context.clients.vault.writeVersion(name, "PENDING", text, attempt.read.etag);
  if (write.outcome === "done") {
    attempt.requests.values += 1;
    attempt.requests.install = null;
    const stored = credential.withSecret(clientSecret);
    keepWritten(attempt.writes, name, { kind: "credential", content: understood, credential: stored });
    return { outcome: "stored", next: "look" };
  }
  const result = await afterWrite(rotation, name, attempt.read.etag, write);
  if (result === null) throw write.error;
  return result;
}

/**
 * A value that the issuer accepts, in a version that was displaced and that Vault will not promote. It is stored again.
 * Another value would find no room at an issuer that keeps two.
 */
function storedInVain(attempt: Attempt): Secret | null {
  for (const versionNo of attempt.writes.unpromotable) {
    const isAccepted = attempt.read.logins.get(versionNo)?.login.verdict === "accepted";
    if (isAccepted) return usable(attempt.read, versionNo).credential.clientSecret;
  }
  return null;
}

const MAX_RACES = 3;

/** Stores the unsaved value. A refusal never drops it. */
export async function store(
  rotation: Observed,
  { versionStage }: { readonly versionStage: "PENDING" | "CURRENT" },
): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { unsaved } = attempt;
  if (unsaved === null) throw new RotationError("INTERNAL", "storing was decided with nothing unsaved");
  const { list } = rotation.snapshot;
  if (freeSlots(list) === 0 && (await makeRoomForUnsaved(rotation, list, unsaved.base)) > 0) {
    return { outcome: "room-made", next: "look" };
  }
  const name = versionName(list, attempt.writes.takenName, context.entropy);
  // After lost races, write without the etag, so that a busy writer cannot block the value. The version's name still
  // excludes a second writer.
  const etag = unsaved.races < MAX_RACES ? attempt.read.etag : null;
  const write = await context.clients.vault.writeVersion(name, versionStage, unsaved.text, etag);
  if (write.outcome !== "done") {
    unsaved.failure = write.error;
    if (write.outcome === "race-lost") unsaved.races += 1;
    const result = await afterWrite(rotation, name, etag, write);
    return result ?? { outcome: write.outcome, next: "look", isRetry: true };
  }
  const { content, credential } = unsaved;
  keepWritten(attempt.writes, name, { kind: "credential", content, credential });
  if (versionStage === "CURRENT") noteDeadWindowOf(rotation, credential, null);
  if (unsaved.isMinted) {
    attempt.writes.ownName = name;
    if (versionStage === "PENDING")
      attempt.stored = { name, logIn: () => logInToPromote(context, credential), login: null };
  }
  return { outcome: "stored", next: "look" };
}

/** A stored credential that Vault will not promote becomes the unsaved value. */
export async function copy(rotation: Observed, { versionNo }: { readonly versionNo: number }): Promise<StageResult> {
  copyVersion(rotation, versionNo);
  return { outcome: "copied", next: "decide" };
}

/**
 * Stores a credential as a PENDING version: the issuer's new value, a value of our own before the issuer gets it, or a
 * copy.
 */
export const writePending: Stage<"write-pending", "generate" | "store" | "copy"> = {
  name: "write-pending",
  handles: { generate, store, copy },
};
