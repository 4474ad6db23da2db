import type { Entropy } from "../../base/entropy.ts";
import { type EmulatedRequest, type EmulatedResponse, isObject, type JsonObject, json } from "../core/wire.ts";

/** A value that Keycloak does not show. */
export const MASK = "**********";

const JSON_UTF8 = { "content-type": "application/json;charset=UTF-8" };

export function shown(status: number, value: unknown): EmulatedResponse {
  return json(status, value, JSON_UTF8);
}

/** `{"error": ...}`, the admin API's usual error. */
export function failed(status: number, error: string): EmulatedResponse {
  return json(status, { error });
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  429: "Too Many Requests",
};

/** An error with only its status. */
export function bare(status: number): EmulatedResponse {
  return failed(status, `HTTP ${status} ${STATUS_TEXTS[status] ?? "Error"}`);
}

/** An error with a code and a description. */
export function described(status: number, error: string, description: string): EmulatedResponse {
  return json(status, { error, error_description: description });
}

/** Keycloak's response to its own exceptions. */
export function serverError(): EmulatedResponse {
  return described(500, "unknown_error", "For more on this error consult the server log.");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A secret as the server generates them. */
export function makeSecret(entropy: Entropy, length: number): string {
  return Array.from(entropy.bytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** A token in the form of a JWT. No signature is checked; only the tables of tokens count. */
export function makeToken(claims: object, entropy: Entropy): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.${payload}.${Buffer.from(entropy.bytes(24)).toString("base64url")}`;
}

export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer (.+)$/i.exec(header ?? "")?.[1];
}

/** The JSON object of a request, of the Java class `type` with only these `members`; or the error response for anything else. */
export function bodyOf(
  request: EmulatedRequest,
  members: readonly string[],
  type: string,
): { readonly body: JsonObject } | { readonly answer: EmulatedResponse } {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) return { answer: unsupportedMediaType() };
  let value: unknown;
  try {
    value = JSON.parse(request.body);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) return { answer: described(400, "invalid_request", "Cannot parse the JSON") };
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  const problem = `Invalid json representation for ${type}. Unrecognized field "${unknown}" at line 1 column 1.`;
  return unknown === undefined ? { body: value } : { answer: failed(400, problem) };
}

export function unsupportedMediaType(): EmulatedResponse {
  return failed(415, "The content-type header value did not match the value in @Consumes");
}
