import type { Entropy } from "../../base/entropy.ts";
import type { Switches } from "../core/switches.ts";
import {
  asText,
  type EmulatedResponse,
  isObject,
  notAuthorizedOrNotFound,
  ociError,
  parseObject,
} from "../core/wire.ts";
import { MAX_CONTENT_BYTES } from "./limits.ts";
import { secretAnswer } from "./models.ts";
import { addVersion } from "./stages.ts";
import type { StoredSecret, VaultState } from "./state.ts";

function invalid(message: string): EmulatedResponse {
  return ociError(400, "InvalidParameter", message);
}

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

/** CreateSecret (API reference). A name is unique in a vault. For a second one the documentation says only that it is a conflict. */
export function createSecret(
  body: string,
  state: VaultState,
  entropy: Entropy,
  now: number,
  switches: Switches,
): EmulatedResponse {
  const details = parseObject(body);
  const [name, compartmentId, vaultId, keyId] = ["secretName", "compartmentId", "vaultId", "keyId"].map((member) =>
    asText(details?.[member]),
  );
  if (!name || !compartmentId || !vaultId || !keyId) {
    return ociError(400, "MissingParameter", "secretName, compartmentId, vaultId and keyId are required.");
  }
  const content = isObject(details?.["secretContent"]) ? details["secretContent"] : {};
  const text = asText(content["content"]) ?? "";
  if (content["contentType"] !== "BASE64" || text === "" || Buffer.byteLength(text, "base64") > MAX_CONTENT_BYTES) {
    return invalid("secretContent needs contentType BASE64 and content in base64 of at most 25 KB.");
  }
  if (details?.["definedTags"] !== undefined && switches["defined-tags"] === "refused") {
    return notAuthorizedOrNotFound();
  }
  if (Object.values(state.secrets).some((secret) => secret.name === name && secret.vaultId === vaultId)) {
    return ociError(409, "Conflict", "A secret of this name exists in the vault.");
  }
  const id = `ocid1.vaultsecret.oc1.iad.${Buffer.from(entropy.bytes(16)).toString("hex")}`;
  const made = bareSecret({ id, name, compartmentId, vaultId, keyId }, now);
  made.description = asText(details?.["description"]) ?? null;
  made.freeformTags = isObject(details?.["freeformTags"]) ? details["freeformTags"] : {};
  made.definedTags = isObject(details?.["definedTags"]) ? details["definedTags"] : {};
  made.metadata = isObject(details?.["metadata"]) ? details["metadata"] : {};
  addVersion(made, { name: asText(content["name"]) ?? null, content: text, stage: "CURRENT", now, keepPending: false });
  if (switches["updating-ms"] > 0 || switches["updating-polls"] > 0) {
    made.lifecycle = "CREATING";
    made.updatingUntil = now + switches["updating-ms"];
    made.updatingPolls = switches["updating-polls"];
  }
  state.secrets[id] = made;
  return secretAnswer(made);
}
