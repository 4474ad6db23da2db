import type { Switches } from "../core/switches.ts";
import {
  asText,
  type EmulatedResponse,
  isObject,
  type JsonObject,
  notAuthorizedOrNotFound,
  ociError,
  parseObject,
} from "../core/wire.ts";
import { changing } from "./lifecycle.ts";
import { MAX_CONTENT_BYTES } from "./limits.ts";
import { secretAnswer } from "./models.ts";
import { applyRotationConfig, readRotationConfig } from "./rotation.ts";
import { addVersion, promote } from "./stages.ts";
import { type StoredSecret, type StoredVersion, versionAt, versionNumbered } from "./state.ts";

const PLAIN_MEMBERS = ["description", "metadata", "freeformTags", "definedTags", "rotationConfig", "secretRules"];

const TOGETHER = "freeformTags and currentVersionNumber cannot be combined in one update.";
const TAGS_REFUSED = {
  refused: ociError(400, "InvalidParameter", TOGETHER),
  conflict: ociError(409, "IncorrectState", TOGETHER),
  error: ociError(500, "InternalServerError", TOGETHER),
} as const;

/**
 * UpdateSecret on a secret that can be written (ACTIVE, not a replica, matching etag). One write changes one thing: content, the current
 * version, or rules. Content cannot be combined with a replication setting either (API reference, UpdateSecret).
 */
export function updateSecret(secret: StoredSecret, body: string, now: number, switches: Switches): EmulatedResponse {
  const details = parseObject(body);
  if (details === undefined) {
    return ociError(400, "CannotParseRequest", "The request body is not a JSON object.");
  }
  const content = details["secretContent"];
  const number = details["currentVersionNumber"];
  const exclusive = [content, number, details["secretRules"]].filter((member) => member !== undefined);
  if (exclusive.length > 1) {
    return invalid("secretContent, currentVersionNumber and secretRules cannot be combined in one update.");
  }
  if (content !== undefined && details["replicationConfig"] !== undefined) {
    return invalid("secretContent and replicationConfig cannot be combined in one update.");
  }
  if (content !== undefined && details["metadata"] !== undefined && switches["metadata-with-content"] === "refused") {
    return invalid("secretContent and metadata cannot be combined in one update.");
  }
  if (number !== undefined && details["freeformTags"] !== undefined && switches["tags-with-promote"] !== "accepted") {
    return TAGS_REFUSED[switches["tags-with-promote"]];
  }
  if (details["definedTags"] !== undefined && switches["defined-tags"] === "refused") {
    return notAuthorizedOrNotFound();
  }
  const refusal = refusedPlain(details);
  if (refusal !== undefined) {
    return refusal;
  }
  if (isObject(content)) {
    return writeContent(secret, content, details, now, switches);
  }
  if (number !== undefined) {
    return promoteNumber(secret, number, details, now, switches);
  }
  if (content !== undefined || !PLAIN_MEMBERS.some((member) => details[member] !== undefined)) {
    return ociError(400, "MissingParameter", "The update names nothing that can be changed.");
  }
  const updating = switches["metadata-updating"] === "yes";
  changing(secret, now, switches, updating, () => applyPlain(secret, details, now));
  return secretAnswer(secret);
}

function writeContent(
  secret: StoredSecret,
  content: JsonObject,
  details: JsonObject,
  now: number,
  switches: Switches,
): EmulatedResponse {
  const text = asText(content["content"]);
  const stage = content["stage"] ?? "CURRENT";
  const name = content["name"] === undefined ? null : asText(content["name"]);
  if (content["contentType"] !== "BASE64" || text === undefined || !isBase64(text)) {
    return invalid("secretContent needs contentType BASE64 and content in base64.");
  }
  if (stage !== "CURRENT" && stage !== "PENDING") {
    return invalid("secretContent.stage is CURRENT or PENDING.");
  }
  if (name === undefined || (name !== null && !/^[A-Za-z0-9._-]{1,255}$/.test(name))) {
    return invalid("secretContent.name holds other characters than letters, digits, period, underscore and hyphen.");
  }
  if (Buffer.byteLength(text, "base64") > MAX_CONTENT_BYTES) {
    return invalid("secretContent is larger than 25 KB.");
  }
  if (name !== null && secret.versions.some((version) => version.name === name && !version.deleted)) {
    return invalid(`Secret version with name ${name}: name already exists.`);
  }
  if (isReused(secret, text)) {
    const status = switches["reuse-rule-status"];
    return ociError(
      status,
      status === 409 ? "Conflict" : "InvalidParameter",
      "The content breaks the secret reuse rule.",
    );
  }
  if (secret.versions.filter(isInUse).length >= switches["version-limit"]) {
    return switches["version-limit-error"] === "conflict"
      ? ociError(409, "Conflict", "The secret has the largest number of active versions.")
      : ociError(400, "LimitExceeded", "The secret has the largest number of active versions.");
  }
  if (stage === "PENDING" && switches["second-pending"] === "refuses" && versionAt(secret, "PENDING") !== undefined) {
    return refusedPending(switches["second-pending-refusal"]);
  }
  const keepPending = switches["second-pending"] === "keeps-both";
  changing(secret, now, switches, true, () => {
    addVersion(secret, { name, content: text, stage, now, keepPending });
    applyPlain(secret, details, now);
  });
  return secretAnswer(secret);
}

/** Undocumented: each of these errors has another meaning elsewhere. */
function refusedPending(by: Switches["second-pending-refusal"]): EmulatedResponse {
  const message = "The secret has a pending version already.";
  switch (by) {
    case "404":
      return notAuthorizedOrNotFound();
    case "409":
      return ociError(409, "Conflict", message);
    case "409-incorrect-state":
      return ociError(409, "IncorrectState", message);
    case "412":
      return ociError(412, "NoEtagMatch", message);
    case "500":
      return ociError(500, "InternalServerError", message);
    case "503":
      return ociError(503, "ServiceUnavailable", message);
    default:
      return invalid(message);
  }
}

function promoteNumber(
  secret: StoredSecret,
  number: unknown,
  details: JsonObject,
  now: number,
  switches: Switches,
): EmulatedResponse {
  const version = typeof number === "number" ? versionNumbered(secret, number) : undefined;
  if (version === undefined) {
    return invalid("currentVersionNumber is no version of this secret.");
  }
  if (version.deletionAt !== null) {
    return ociError(409, "IncorrectState", "The version is in PENDING_DELETION.");
  }
  if (version.stage === "DEPRECATED" && switches["promote-deprecated"] === "refused") {
    return invalid("A DEPRECATED version cannot become CURRENT.");
  }
  changing(secret, now, switches, true, () => {
    promote(secret, version);
    applyPlain(secret, details, now);
  });
  return secretAnswer(secret);
}

function refusedPlain(details: JsonObject): EmulatedResponse | undefined {
  for (const member of ["metadata", "freeformTags", "definedTags"]) {
    if (details[member] !== undefined && !isObject(details[member])) {
      return invalid(`${member} is not an object.`);
    }
  }
  const rules = details["secretRules"];
  if (rules !== undefined && !(Array.isArray(rules) && rules.every(isRule))) {
    return invalid("secretRules holds something other than reuse and expiry rules.");
  }
  const config = details["rotationConfig"];
  if (config !== undefined && typeof readRotationConfig(config) === "string") {
    return invalid(String(readRotationConfig(config)));
  }
  return undefined;
}

function applyPlain(secret: StoredSecret, details: JsonObject, now: number): void {
  secret.description = asText(details["description"]) ?? secret.description;
  secret.metadata = isObject(details["metadata"]) ? details["metadata"] : secret.metadata;
  secret.freeformTags = isObject(details["freeformTags"]) ? details["freeformTags"] : secret.freeformTags;
  secret.definedTags = isObject(details["definedTags"]) ? details["definedTags"] : secret.definedTags;
  const rules = details["secretRules"];
  secret.rules = Array.isArray(rules) ? rules.filter(isObject) : secret.rules;
  const config = details["rotationConfig"] === undefined ? undefined : readRotationConfig(details["rotationConfig"]);
  if (config !== undefined && typeof config !== "string") {
    applyRotationConfig(secret, config, now);
  }
}

function isReused(secret: StoredSecret, content: string): boolean {
  const rule = secret.rules.find((candidate) => candidate["ruleType"] === "SECRET_REUSE_RULE");
  if (rule === undefined) {
    return false;
  }
  const deletedToo = rule["isEnforcedOnDeletedSecretVersions"] === true;
  return secret.versions.some((version) => version.content === content && (deletedToo || isInUse(version)));
}

function isInUse(version: StoredVersion): boolean {
  return version.deletionAt === null && !version.deleted;
}

function isRule(rule: unknown): boolean {
  return isObject(rule) && (rule["ruleType"] === "SECRET_REUSE_RULE" || rule["ruleType"] === "SECRET_EXPIRY_RULE");
}

function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function invalid(message: string): EmulatedResponse {
  return ociError(400, "InvalidParameter", message);
}
