/** The request and response of every emulated system, as plain data. */
export interface EmulatedRequest {
  readonly method: string;
  /** The `Host` header or the URL's host, with its port if it names one. */
  readonly host: string;
  /** Path without the query. */
  readonly path: string;
  /** Path and query as sent; the OCI signature covers it. */
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty if none was sent. */
  readonly body: string;
}

export interface EmulatedResponse {
  readonly status: number;
  /** Names in lower case. The emulator adds `date` and `opc-request-id`. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Encoding of the body; `latin1` if it is not text. Default: UTF-8. */
  readonly encoding?: "latin1";
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): EmulatedResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

export function empty(status: number, headers: Record<string, string> = {}): EmulatedResponse {
  return { status, headers, body: "" };
}

/** OCI's flat error envelope. */
export function ociError(status: number, code: string, message: string): EmulatedResponse {
  return json(status, { code, message });
}

/** OCI's common response for "absent" and for "not permitted". */
export function notAuthorizedOrNotFound(): EmulatedResponse {
  return ociError(404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
}

/** The answer to what OCI has and this emulator has not. */
export function notEmulated(what: string): EmulatedResponse {
  return ociError(501, "MethodNotImplemented", `This emulator does not emulate ${what}.`);
}

/** Error of a token endpoint (RFC 6749, section 5.2). */
export function tokenError(status: number, error: string, description: string): EmulatedResponse {
  return json(status, { error, error_description: description });
}

const SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const IDCS_ERROR = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error";

/** Error of an identity domain's SCIM endpoints, with Oracle's extension. */
export function scimError(status: number, messageId: string, detail: string): EmulatedResponse {
  const body = { schemas: [SCIM_ERROR, IDCS_ERROR], detail, status: String(status), [IDCS_ERROR]: { messageId } };
  return { status, headers: { "content-type": "application/scim+json" }, body: JSON.stringify(body) };
}

/** Where a client finds the service that it asked; plain HTTP on loopback. */
export function endpointOf({ host }: EmulatedRequest): string {
  return `${/^(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(host) ? "http" : "https"}://${host}`;
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON object in `text`, or undefined for anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** OCI writes times as RFC 3339 with milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Days of an ISO 8601 duration of whole days (`P30D`), or undefined. */
export function isoDays(text: string | undefined): number | undefined {
  const match = /^P(\d{1,4})D$/.exec(text ?? "");
  return match === null ? undefined : Number(match[1]);
}

export const DAY_MS = 86_400_000;

/** Looks up a key from outside, without inherited members such as `constructor`. */
export function own<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** A decoded part of a path. It is empty if missing or malformed, which is a key of no table. */
export function pathPart(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return "";
  }
}
