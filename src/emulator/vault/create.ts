import { readMembers, text } from "../core/members.ts";
import { knowsCompartment, knowsKey } from "../core/places.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { type EmulatedRequest, type EmulatedResponse, notAuthorizedOrNotFound, ociError } from "../core/wire.ts";
import { applyDetails, contentOf, secretName, sharedMembers } from "./details.ts";
import { pass } from "./lifecycle.ts";
import { secretAnswer } from "./models.ts";
import { refusedTarget } from "./rotation.ts";
import { addVersion } from "./stages.ts";
import type { StoredSecret } from "./state.ts";

/** A secret without versions that has just been made. */
export function bareSecret(
  named: Pick<StoredSecret, "id" | "name" | "compartmentId" | "vaultId" | "keyId">,
  now: number,
): StoredSecret {
  return {
    ...named,
    createdAt: now,
    isReplica: false,
    lifecycle: "ACTIVE",
    updatingUntil: 0,
    updatingPolls: 0,
    etag: 1,
    versions: [],
    views: [],
    description: null,
    metadata: {},
    freeformTags: {},
    definedTags: {},
    rules: [],
    rotationConfig: null,
    rotation: null,
    lastRotationAt: null,
    nextRotationAt: null,
  };
}

const members = {
  compartmentId: text,
  vaultId: text,
  keyId: text,
  secretName,
  ...sharedMembers,
} as const;
const REQUIRED = ["secretName", "compartmentId", "vaultId", "keyId", "secretContent"];

/** CreateSecret (API reference). A name is unique in a vault. For a second one the documentation says only that it is a conflict. */
export function createSecret(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { state, entropy, now, switches } = surroundings;
  const read = readMembers(request, members, REQUIRED, now);
  if ("refusal" in read) return read.refusal;
  const { details } = read;
  const [name, compartmentId, vaultId, keyId] = [
    details["secretName"],
    details["compartmentId"],
    details["vaultId"],
    details["keyId"],
  ].map(String) as [string, string, string, string];
  const first = contentOf(details["secretContent"]);
  if (first.content === null || first.stage === "PENDING") {
    return ociError(400, "InvalidParameter", "secretContent needs content, and no stage but CURRENT.");
  }
  if (details["definedTags"] !== undefined && switches["defined-tags"] === "refused") return notAuthorizedOrNotFound();
  if (!knowsCompartment(surroundings, compartmentId) || !knowsKey(surroundings, vaultId, keyId)) {
    return notAuthorizedOrNotFound();
  }
  const aimless = refusedTarget(details, surroundings);
  if (aimless !== undefined) return aimless;
  if (Object.values(state.vault.secrets).some((secret) => secret.name === name && secret.vaultId === vaultId)) {
    return ociError(409, "Conflict", "A secret of this name exists in the vault.");
  }
  const id = `ocid1.vaultsecret.oc1.iad.${Buffer.from(entropy.bytes(16)).toString("hex")}`;
  const made = bareSecret({ id, name, compartmentId, vaultId, keyId }, now);
  applyDetails(made, details, now);
  addVersion(made, { name: first.name, content: first.content, stage: "CURRENT", now, keepPending: false });
  pass(made, "CREATING", now, switches);
  state.vault.secrets[id] = made;
  return secretAnswer(made);
}
