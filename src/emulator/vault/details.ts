import { type Member, type Problem, text, truth } from "../core/members.ts";
import { definedTagsProblem, freeformTagsProblem } from "../core/tags.ts";
import { asText, DAY_MS, isObject, isoDays, type JsonObject } from "../core/wire.ts";
import { MAX_CONTENT_BYTES } from "./limits.ts";
import { applyRotationConfig, rotationConfigOf } from "./rotation.ts";
import type { StoredSecret } from "./state.ts";

const NAME = /^[A-Za-z0-9._-]{1,255}$/;
const WRONG_NAME = "is not 1 to 255 letters, digits, periods, underscores and hyphens";
const MAX_EXPIRY_DAYS = 90;
const MAX_ABSOLUTE_EXPIRY_DAYS = 365;
const MAX_INTERVAL_DAYS = 360;
const MAX_REPLICAS = 3;

/** The members that CreateSecret and UpdateSecret share, with their documented types and ranges (API reference). */
export const sharedMembers = {
  description: text,
  metadata: (value) => (isObject(value) ? undefined : "is not an object"),
  freeformTags: freeformTagsProblem,
  definedTags: definedTagsProblem,
  secretContent: contentProblem,
  secretRules: (value, now) =>
    Array.isArray(value)
      ? value.map((rule) => ruleProblem(rule, now)).find((problem) => problem !== undefined)
      : "is not a list",
  rotationConfig: rotationProblem,
  replicationConfig: replicationProblem,
  secretGenerationContext: generationProblem,
  enableAutoGeneration: (value, now) =>
    value === true ? { unsupported: "the generation of content" } : truth(value, now),
} as const satisfies Record<string, Member>;

/** A secret's name. */
export const secretName: Member = (value) => (isName(value) ? undefined : WRONG_NAME);

function isName(value: unknown): value is string {
  return typeof value === "string" && NAME.test(value);
}

/** The valid member `secretContent`. Without `content` it adds no version; command line clients send it empty. */
export interface ContentDetails {
  readonly content: string | null;
  readonly name: string | null;
  readonly stage: "CURRENT" | "PENDING" | null;
}

/** @param value of the valid member `secretContent` */
export function contentOf(value: unknown): ContentDetails {
  const { content, name, stage } = isObject(value) ? value : {};
  return {
    content: asText(content) ?? null,
    name: asText(name) ?? null,
    stage: stage === "CURRENT" || stage === "PENDING" ? stage : null,
  };
}

function contentProblem(value: unknown): Problem {
  if (!isObject(value)) return "is not an object";
  const { contentType, content, name, stage } = value;
  if (contentType !== "BASE64") return "needs the contentType BASE64";
  if (isGiven(content) && !(typeof content === "string" && isBase64(content))) return "holds content that is no base64";
  if (typeof content === "string" && Buffer.byteLength(content, "base64") > MAX_CONTENT_BYTES) {
    return "is larger than 25 KB";
  }
  if (isGiven(stage) && stage !== "CURRENT" && stage !== "PENDING") return "has a stage other than CURRENT and PENDING";
  return isGiven(name) && !isName(name) ? `has a name that ${WRONG_NAME}` : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isBase64(value: string): boolean {
  return value.length > 0 && value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}

function ruleProblem(rule: unknown, now: number): Problem {
  if (!isObject(rule)) return "holds something that is not an object";
  if (rule["ruleType"] === "SECRET_REUSE_RULE") {
    return isTruth(rule["isEnforcedOnDeletedSecretVersions"]) ? undefined : "holds a reuse rule that is not documented";
  }
  if (rule["ruleType"] !== "SECRET_EXPIRY_RULE") return "holds something other than reuse and expiry rules";
  const { secretVersionExpiryInterval: interval, timeOfAbsoluteExpiry: absolute } = rule;
  if (isGiven(interval) && !isDays(interval, MAX_EXPIRY_DAYS)) return "has an expiry interval outside P1D to P90D";
  const ahead = typeof absolute === "string" ? (Date.parse(absolute) - now) / DAY_MS : Number.NaN;
  if (isGiven(absolute) && !(ahead >= 1 && ahead <= MAX_ABSOLUTE_EXPIRY_DAYS)) {
    return "has an absolute expiry that is not 1 to 365 days ahead";
  }
  return isTruth(rule["isSecretContentRetrievalBlockedOnExpiry"])
    ? undefined
    : "holds an expiry rule that is not documented";
}

/** Whether it is true, false or absent. */
function isTruth(value: unknown): boolean {
  return !isGiven(value) || typeof value === "boolean";
}

function isDays(value: unknown, most: number): boolean {
  const days = isoDays(asText(value));
  return days !== undefined && days >= 1 && days <= most;
}

function rotationProblem(value: unknown): Problem {
  const target = isObject(value) ? value["targetSystemDetails"] : undefined;
  if (!isObject(value) || !isObject(target)) return "needs targetSystemDetails";
  if (target["targetSystemType"] === "ADB") return { unsupported: "a rotation of the target ADB" };
  if (target["targetSystemType"] !== "FUNCTION" || !asText(target["functionId"])) {
    return "needs a target FUNCTION with a functionId";
  }
  const { rotationInterval: interval, isScheduledRotationEnabled: scheduled } = value;
  if (!isTruth(scheduled)) return "has an isScheduledRotationEnabled that is not true or false";
  return (isGiven(interval) || scheduled === true) && !isDays(interval, MAX_INTERVAL_DAYS)
    ? "needs a rotationInterval of P1D to P360D where scheduled rotation is enabled"
    : undefined;
}

function replicationProblem(value: unknown): Problem {
  const targets = isObject(value) ? value["replicationTargets"] : undefined;
  if (!isObject(value) || !Array.isArray(targets)) return "needs replicationTargets";
  if (targets.length > MAX_REPLICAS) return `has more than ${MAX_REPLICAS} targets`;
  const parts = ["targetKeyId", "targetRegion", "targetVaultId"];
  return targets.every((target) => isObject(target) && parts.every((part) => asText(target[part]))) &&
    isTruth(value["isWriteForwardEnabled"])
    ? undefined
    : "has a target without key, region or vault";
}

const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  PASSPHRASE: ["SECRETS_DEFAULT_PASSWORD", "DBAAS_DEFAULT_PASSWORD"],
  SSH_KEY: ["RSA_2048", "RSA_3072", "RSA_4096"],
  BYTES: ["BYTES_512", "BYTES_1024"],
};

function generationProblem(value: unknown): Problem {
  const type = isObject(value) ? asText(value["generationType"]) : undefined;
  if (!isObject(value) || type === undefined || !Object.hasOwn(TEMPLATES, type)) {
    return "needs a generationType of PASSPHRASE, SSH_KEY or BYTES";
  }
  return TEMPLATES[type]?.includes(String(value["generationTemplate"])) === true
    ? undefined
    : "needs a generationTemplate of its type";
}

/** Stores the members of a valid request; what a request does not name stays. */
export function applyDetails(secret: StoredSecret, details: JsonObject, now: number): void {
  const { description, metadata, freeformTags, definedTags, secretRules } = details;
  secret.description = asText(description) ?? secret.description;
  secret.metadata = isObject(metadata) ? metadata : secret.metadata;
  secret.freeformTags = isObject(freeformTags) ? freeformTags : secret.freeformTags;
  secret.definedTags = isObject(definedTags) ? definedTags : secret.definedTags;
  secret.rules = Array.isArray(secretRules) ? secretRules.filter(isObject) : secret.rules;
  const { rotationConfig, replicationConfig, secretGenerationContext } = details;
  if (isObject(replicationConfig)) secret.replicationConfig = replicationConfig;
  if (isObject(secretGenerationContext)) secret.generationContext = secretGenerationContext;
  if (isObject(rotationConfig)) applyRotationConfig(secret, rotationConfigOf(rotationConfig), now);
}
