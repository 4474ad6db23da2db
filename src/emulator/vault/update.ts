import { isDeepStrictEqual } from "node:util";
import { type Member, readMembers } from "../core/members.ts";
import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  type JsonObject,
  notAuthorizedOrNotFound,
  ociError,
} from "../core/wire.ts";
import { applyDetails, type ContentDetails, contentOf, sharedMembers } from "./details.ts";
import { changing } from "./lifecycle.ts";
import { secretAnswer } from "./models.ts";
import { refusedTarget } from "./rotation.ts";
import { addVersion, promote } from "./stages.ts";
import { type StoredSecret, type StoredVersion, versionAt, versionNumbered } from "./state.ts";

const currentVersionNumber: Member = (value) => (Number.isInteger(value) ? undefined : "is not a version number");
const members = { currentVersionNumber, ...sharedMembers } as const;

const TOGETHER = "freeformTags or metadata and currentVersionNumber cannot be combined in one update.";
const TAGS_REFUSED = {
  refused: ociError(400, "InvalidParameter", TOGETHER),
  conflict: ociError(409, "IncorrectState", TOGETHER),
  error: ociError(500, "InternalServerError", TOGETHER),
} as const;

/**
 * UpdateSecret on a secret that can be written (ACTIVE, not a replica, matching etag). One write changes one thing: content, the current
 * version, or rules. Content cannot be combined with a replication setting either (API reference, UpdateSecret).
 */
export function updateSecret(
  request: EmulatedRequest,
  secret: StoredSecret,
  surroundings: Surroundings,
): EmulatedResponse {
  const { now, switches } = surroundings;
  const read = readMembers(request, members, [], now);
  if ("refusal" in read) return read.refusal;
  const { details } = read;
  const sent = contentOf(details["secretContent"]);
  const refusal =
    refusedTogether(secret, details, sent.content !== null, switches) ?? refusedTarget(details, surroundings);
  if (refusal !== undefined) return refusal;
  if (sent.content !== null) return writeContent(secret, sent, sent.content, details, now, switches);
  const promoted = promotedBy(secret, details["currentVersionNumber"], sent);
  if (typeof promoted === "string") return invalid(promoted);
  if (promoted !== undefined) return promoteVersion(secret, promoted, details, now, switches);
  if (Object.keys(details).every((name) => name === "secretContent")) {
    return ociError(400, "MissingParameter", "The update names nothing that can be changed.");
  }
  const updating = switches["metadata-updating"] === "yes" && "UPDATING";
  changing(secret, now, switches, updating, () => applyDetails(secret, details, now));
  return secretAnswer(secret);
}

function refusedTogether(
  secret: StoredSecret,
  details: JsonObject,
  hasContent: boolean,
  switches: Switches,
): EmulatedResponse | undefined {
  const number = details["currentVersionNumber"];
  const exclusive = [hasContent, number !== undefined, details["secretRules"] !== undefined];
  if (exclusive.filter(Boolean).length > 1) {
    return invalid("secretContent, currentVersionNumber and secretRules cannot be combined in one update.");
  }
  if (hasContent && details["replicationConfig"] !== undefined) {
    return invalid("secretContent and replicationConfig cannot be combined in one update.");
  }
  const { metadata } = details;
  // Terraform sends the metadata that it read beside new content.
  const isSame = () => isDeepStrictEqual(metadata, {}) || isDeepStrictEqual(metadata, secret.metadata);
  if (hasContent && metadata !== undefined && switches["metadata-with-content"] === "refused" && !isSame()) {
    return invalid("secretContent and metadata cannot be combined in one update.");
  }
  const isNoted = details["freeformTags"] !== undefined || metadata !== undefined;
  if (number !== undefined && isNoted && switches["tags-with-promote"] !== "accepted") {
    return TAGS_REFUSED[switches["tags-with-promote"]];
  }
  return details["definedTags"] !== undefined && switches["defined-tags"] === "refused"
    ? notAuthorizedOrNotFound()
    : undefined;
}

/**
 * The version that an update without content promotes: by its number, or by the version stage CURRENT, the PENDING version or that of the
 * name. Undefined: none. Text: what is wrong.
 */
function promotedBy(secret: StoredSecret, number: unknown, sent: ContentDetails): StoredVersion | string | undefined {
  if (sent.stage === "PENDING") return "secretContent needs content for a PENDING version.";
  const named = secret.versions.find((version) => version.name === sent.name && !version.deleted);
  if (typeof number === "number") {
    const numbered = versionNumbered(secret, number);
    return numbered === undefined || (sent.name !== null && named !== numbered)
      ? "currentVersionNumber is no version of this secret, or not the named one."
      : numbered;
  }
  if (sent.stage === null) {
    return sent.name === null ? undefined : "secretContent names a version and holds no content.";
  }
  const found = sent.name === null ? versionAt(secret, "PENDING") : named;
  return found ?? "secretContent holds no content, and no version can become CURRENT.";
}

function writeContent(
  secret: StoredSecret,
  { name, stage }: ContentDetails,
  content: string,
  details: JsonObject,
  now: number,
  switches: Switches,
): EmulatedResponse {
  if (name !== null && secret.versions.some((version) => version.name === name && !version.deleted)) {
    return invalid(`Secret version with name ${name}: name already exists.`);
  }
  if (isReused(secret, content)) {
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
  changing(secret, now, switches, "UPDATING", () => {
    addVersion(secret, { name, content, stage: stage ?? "CURRENT", now, keepPending });
    applyDetails(secret, details, now);
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

function promoteVersion(
  secret: StoredSecret,
  version: StoredVersion,
  details: JsonObject,
  now: number,
  switches: Switches,
): EmulatedResponse {
  if (version.deletionAt !== null) return ociError(409, "IncorrectState", "The version is in PENDING_DELETION.");
  if (version.stage === "DEPRECATED" && switches["promote-deprecated"] === "refused") {
    return invalid("A DEPRECATED version cannot become CURRENT.");
  }
  changing(secret, now, switches, "UPDATING", () => {
    promote(secret, version);
    applyDetails(secret, details, now);
  });
  return secretAnswer(secret);
}

function isReused(secret: StoredSecret, content: string): boolean {
  const rule = secret.rules.find((candidate) => candidate["ruleType"] === "SECRET_REUSE_RULE");
  if (rule === undefined) return false;
  const deletedToo = rule["isEnforcedOnDeletedSecretVersions"] === true;
  return secret.versions.some((version) => version.content === content && (deletedToo || isInUse(version)));
}

function isInUse(version: StoredVersion): boolean {
  return version.deletionAt === null && !version.deleted;
}

function invalid(message: string): EmulatedResponse {
  return ociError(400, "InvalidParameter", message);
}
