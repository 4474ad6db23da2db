import { DURATION_WORDS, durationOf } from "../base/durations.ts";
import { RotationError } from "../base/errors.ts";
import { NOTICE_TIME_WORDS, noticeTime } from "../base/settings/table-notifications.ts";
import type { RotateDueWish } from "./actions/rotate-due.ts";

const steps = [
  "VERIFY_CONNECTION",
  "CREATE_PENDING_VERSION",
  "UPDATE_TARGET_SYSTEM",
  "PROMOTE_PENDING_VERSION",
] as const;
const reasons = ["compromised"] as const;
const actionNames = ["check", "heal", "retire", "rollback", "subscribers", "test-notification"] as const;
/** Who may say that it sends a heal of many. An alarm is known by its message. */
const healers = ["operator", "schedule"] as const;
/** They are about many secrets, and take no secretId. */
const manyActions = ["rotate-due"] as const;
const endpointActions = ["subscribe", "unsubscribe", "acknowledge"] as const;

/** The events, told apart. Only PROMOTE needs `versionNo`: no document says what UPDATE is sent there. */
export type RotationEvent =
  | {
      readonly kind: "step";
      readonly step: "VERIFY_CONNECTION" | "CREATE_PENDING_VERSION";
      readonly secretId: string;
    }
  | {
      readonly kind: "step";
      readonly step: "UPDATE_TARGET_SYSTEM";
      readonly secretId: string;
      readonly versionNo: number | null;
    }
  | {
      readonly kind: "step";
      readonly step: "PROMOTE_PENDING_VERSION";
      readonly secretId: string;
      readonly versionNo: number;
    }
  /** `isCompromised`: the values in use now must die as soon as another one is CURRENT. */
  | { readonly kind: "rotation"; readonly secretId: string; readonly isCompromised: boolean }
  /** `endsUnstored`: a retirement that also ends what no version holds. */
  | {
      readonly kind: "action";
      readonly action: (typeof actionNames)[number];
      readonly secretId: string;
      readonly endsUnstored?: true;
    }
  /** `endpoint`: as received, not validated yet. */
  | {
      readonly kind: "subscription";
      readonly action: "unsubscribe";
      readonly secretId: string;
      readonly endpoint: string;
    }
  /** `noticeBeforeMs`: how long before a client secret is due it hears so. */
  | {
      readonly kind: "subscription";
      readonly action: "subscribe";
      readonly secretId: string;
      readonly endpoint: string;
      readonly noticeBeforeMs?: number;
    }
  | {
      readonly kind: "subscription";
      readonly action: "acknowledge";
      readonly secretId: string;
      readonly endpoint: string;
      readonly versionNo: number;
    }
  /**
   * Every secret whose rotation targets this function. `cursor`: as received, not read yet. `by`: who says that it has
   * sent this.
   */
  | { readonly kind: "heal-all"; readonly cursor?: string; readonly by?: "alarm" | "operator" | "schedule" }
  /** Every secret that is due. */
  | ({ readonly kind: "rotate-due" } & RotateDueWish);

/** An event has a few hundred bytes. The platform would accept 6 MB. */
const MAX_EVENT_BYTES = 65_536;

const MAX_OCID_LENGTH = 255;
const SECRET_OCID = /^ocid1\.vaultsecret\.[A-Za-z0-9._-]+$/;
/** A tenancy holds no more. */
const MOST_SECRETS = 5_000;

function invalid(what: string): RotationError {
  return new RotationError("EVENT_INVALID", what);
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  if (body.byteLength === 0) throw invalid("the event is empty");
  if (body.byteLength > MAX_EVENT_BYTES) throw invalid(`the event is larger than ${MAX_EVENT_BYTES} bytes`);
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw invalid("the event is not JSON");
    }
  };
  const first = parse(new TextDecoder().decode(body));
  // A scheduler or a shell may quote the whole event once more.
  const event = typeof first === "string" ? parse(first) : first;
  if (typeof event !== "object" || event === null || Array.isArray(event))
    throw invalid("the event is not a JSON object");
  return event as Record<string, unknown>;
}

/**
 * Whether this is an alarm's message, by its shape (Source: OCI Monitoring, alarm message format). Only its arrival
 * matters: no member of it is used.
 */
function isAlarm(event: Record<string, unknown>): boolean {
  return typeof event["type"] === "string" && typeof event["severity"] === "string";
}

function oneOf<T extends string>(value: unknown, member: string, known: readonly T[]): T | null {
  if (value === undefined) return null;
  const found = known.find((name) => name === value);
  if (found === undefined) throw invalid(`${member} must be one of ${known.join(", ")}`);
  return found;
}

function parseSecretId(value: unknown): string {
  if (typeof value === "string" && value.length <= MAX_OCID_LENGTH && SECRET_OCID.test(value)) return value;
  throw invalid(value === undefined ? "secretId is missing" : "secretId must be the OCID of a Vault secret");
}

/** Null: no whole number from 1 to `most`. */
function countIn(value: unknown, most = Number.MAX_SAFE_INTEGER): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most ? Number(value) : null;
}

function versionNoIn(event: Record<string, unknown>, where: string): number {
  const versionNo = countIn(event["versionNo"]);
  if (versionNo !== null) return versionNo;
  throw invalid(`versionNo must be a whole number above 0 at ${where}`);
}

function cursorIn({ cursor }: Record<string, unknown>): { readonly cursor?: string } {
  if (cursor === undefined) return {};
  if (typeof cursor !== "string") throw invalid("cursor must be a text");
  return { cursor };
}

function unstoredIn({ unknown }: Record<string, unknown>, action: string): { readonly endsUnstored?: true } {
  if (unknown === undefined || unknown === false) return {};
  if (unknown !== true || action !== "retire") throw invalid("unknown must be true or false, and belongs to retire");
  return { endsUnstored: true };
}

function durationIn(event: Record<string, unknown>, member: string): number | null {
  const value = event[member];
  if (value === undefined) return null;
  const ms = typeof value === "string" ? durationOf(value) : null;
  if (ms === null) throw invalid(`${member} must be a text: ${DURATION_WORDS}`);
  return ms;
}

function noticeTimeIn({ noticeBefore }: Record<string, unknown>): { readonly noticeBeforeMs?: number } {
  if (noticeBefore === undefined) return {};
  const ms = typeof noticeBefore === "string" ? noticeTime(noticeBefore) : null;
  if (ms === null) throw invalid(`noticeBefore must be a text ${NOTICE_TIME_WORDS}`);
  return { noticeBeforeMs: ms };
}

function rotateDueIn(event: Record<string, unknown>): RotationEvent {
  if (event["secretId"] !== undefined)
    throw invalid("secretId does not belong to rotate-due; send it without an action");
  const limit = event["limit"] === undefined ? null : countIn(event["limit"], MOST_SECRETS);
  if (event["limit"] !== undefined && limit === null)
    throw invalid(`limit must be a whole number from 1 to ${MOST_SECRETS}`);
  const withinMs = durationIn(event, "within") ?? 0;
  const maxAgeMs = durationIn(event, "maxAge");
  const { cursor } = cursorIn(event);
  return { kind: "rotate-due", withinMs, maxAgeMs, limit, cursor: cursor ?? null };
}

/**
 * Reads the body of an invocation. Unknown members are ignored, since Vault may send more than is documented.
 * @param body UTF-8 JSON: `{step, secretId, versionNo?}` from Vault, `{secretId, reason?}` for a whole rotation, `{secretId, action}`,
 *   `{secretId, action: "retire", unknown?}`, `{secretId, action, endpoint}`,
 *   `{secretId, action: "subscribe", endpoint, noticeBefore?}`,
 *   `{secretId, action: "acknowledge", endpoint, versionNo}`, `{action: "heal", cursor?, by?}`,
 *   `{action: "rotate-due", within?, maxAge?, limit?, cursor?}`, or an alarm's message, which means the same
 * @throws RotationError EVENT_INVALID naming the member, never its value
 */
export function parseEvent(body: Uint8Array): RotationEvent {
  const event = parseObject(body);
  // The function may be subscribed to the topic that it publishes to. Its own notification asks for nothing.
  if (event["usecase"] !== undefined) throw invalid("this is a notification of a rotation, not an event");
  const step = oneOf(event["step"], "step", steps);
  const action = oneOf(event["action"], "action", [...actionNames, ...manyActions, ...endpointActions]);
  if (step !== null && action !== null) throw invalid("step and action exclude each other");
  if (step === null && action === null && isAlarm(event)) return { kind: "heal-all", by: "alarm" };
  if (action !== null && event["reason"] !== undefined) {
    throw invalid("reason belongs to a whole rotation, not to an action");
  }
  if (action === "rotate-due") return rotateDueIn(event);
  if (action === "heal" && event["secretId"] === undefined) {
    const by = healers.find((name) => name === event["by"]);
    return { kind: "heal-all", ...cursorIn(event), ...(by !== undefined && { by }) };
  }
  if (action === "heal" && event["cursor"] !== undefined) {
    throw invalid("cursor belongs to a heal of many, not to that of one secret");
  }
  const secretId = parseSecretId(event["secretId"]);
  if (action === "subscribe" || action === "unsubscribe" || action === "acknowledge") {
    const { endpoint } = event;
    if (typeof endpoint !== "string" || endpoint === "") throw invalid(`endpoint must be a text at ${action}`);
    if (action === "unsubscribe") return { kind: "subscription", action, secretId, endpoint };
    if (action === "subscribe") return { kind: "subscription", action, secretId, endpoint, ...noticeTimeIn(event) };
    return { kind: "subscription", action, secretId, endpoint, versionNo: versionNoIn(event, action) };
  }
  if (action !== null) return { kind: "action", action, secretId, ...unstoredIn(event, action) };
  const reason = oneOf(event["reason"], "reason", reasons);
  if (step === null) return { kind: "rotation", secretId, isCompromised: reason === "compromised" };
  if (reason !== null) throw invalid("reason belongs to a whole rotation, not to a step");
  if (step === "VERIFY_CONNECTION" || step === "CREATE_PENDING_VERSION") return { kind: "step", step, secretId };
  if (step === "UPDATE_TARGET_SYSTEM") return { kind: "step", step, secretId, versionNo: countIn(event["versionNo"]) };
  return { kind: "step", step, secretId, versionNo: versionNoIn(event, step) };
}
