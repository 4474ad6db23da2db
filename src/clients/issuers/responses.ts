import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { isTooDeep } from "../../base/json-depth.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import { OAUTH_CODES, statusAndCode } from "../../base/server-codes.ts";
import { type NoAnswer, nextAfter, noAnswerOf, UNTRUSTED_AUTHORITY } from "../http/no-answer.ts";
import { RatePausedError } from "../http/rate-gate.ts";
import { TransportError } from "../http/transport.ts";
import type { Login } from "./verdict.ts";

/** A status and a body, as axios gives them with `validateStatus: null` and no `transformResponse`. */
export interface IssuerResponse {
  readonly status: number;
  readonly data: unknown;
}

/** Why no answer came. `sent: false`: nothing can have reached the issuer. `final`: asking again in this call cannot change it. */
export interface NoResponse {
  readonly error: RotationError;
  readonly sent: boolean;
  readonly final: boolean;
}

const tokenAnswer = onFirstUse(() =>
  z.object({ access_token: z.string().check(z.minLength(1)), expires_in: z.optional(z.unknown()) }),
);
const oauthError = onFirstUse(() => z.object({ error: z.string(), error_description: z.optional(z.string()) }));

/** The shortest life that an issuer grants, in seconds: for an answer that does not say. */
const SHORTEST_TOKEN_LIFE_SECONDS = 60;
/** A year: longer than any issuer grants (OCI IAM's limit). */
const LONGEST_TOKEN_LIFE_SECONDS = 31_556_952;
/** No part of JSON, and no reason to refuse it (RFC 8259, section 8.1). */
const BYTE_ORDER_MARK = /^\uFEFF/;
const MASKED = /^\*+$/;

/** The JSON in a body; undefined for anything else, and for what nests too deep. */
export function json(response: IssuerResponse): unknown {
  return isTooDeep(String(response.data)) ? undefined : jsonAtAnyDepth(response);
}

/**
 * The same for a response that may hold a value that exists nowhere else, so other members must not make it fail. Never
 * walk it.
 */
export function jsonAtAnyDepth(response: IssuerResponse): unknown {
  try {
    return JSON.parse(String(response.data).replace(BYTE_ORDER_MARK, ""));
  } catch {
    return undefined;
  }
}

/** `error` and `error_description` of an OAuth error (RFC 6749, section 5.2); the description only ever to be compared. */
export function oauthErrorOf(
  response: IssuerResponse,
): { readonly error: string; readonly description: string } | null {
  const parsed = oauthError().safeParse(json(response));
  return parsed.success ? { error: parsed.data.error, description: parsed.data.error_description ?? "" } : null;
}

/** Whether the request did what it asked for; a 101 that nobody asked for did not. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** 429 and 5xx say nothing about what was asked; neither does an answer that cannot be read. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** A value of nothing but asterisks stands for one that is not shown. */
export function isShown(value: string): boolean {
  return value !== "" && !MASKED.test(value);
}

/** Only an authority that is not trusted can be helped by OROT_CA_BUNDLE, which the code's usual next action names. */
function certificateError(who: string, none: NoAnswer | null): RotationError {
  if (none === null) return new RotationError("CERTIFICATE_UNTRUSTED", `${who}'s certificate is not trusted`);
  const isAuthority = none.why.endsWith(UNTRUSTED_AUTHORITY);
  const why = `${who}'s certificate is not trusted: ${none.why}`;
  return new RotationError("CERTIFICATE_UNTRUSTED", why, isAuthority ? undefined : nextAfter(none));
}

/**
 * Why no answer came, in the product's own words.
 * @param who the issuer in words: "the identity domain"
 */
export function noResponse(thrown: unknown, what: string, who: string): NoResponse {
  if (thrown instanceof RatePausedError) {
    const seconds = Math.ceil(thrown.pauseMs / 1000);
    const error = new RotationError(
      "ISSUER_UNAVAILABLE",
      `${who} answered 429; the pause of another ${seconds} s does not fit into the time left`,
    );
    return { error, sent: false, final: true };
  }
  // What our own settings say of the way out, such as a proxy of an unsupported kind.
  if (thrown instanceof RotationError && thrown.code === "SETTINGS_INVALID") {
    return { error: thrown, sent: false, final: true };
  }
  if (!(thrown instanceof TransportError)) {
    return { error: new RotationError("INTERNAL", `${what} ended with an unexpected error`), sent: true, final: true };
  }
  const { failure, sent } = thrown;
  const none = noAnswerOf(thrown);
  if (none?.isProxy) {
    const why = `${who} was not asked for ${what}: ${none.why}`;
    return { error: new RotationError("ISSUER_UNAVAILABLE", why, nextAfter(none)), sent, final: false };
  }
  switch (failure) {
    case "CERTIFICATE_UNTRUSTED":
      return {
        error: certificateError(who, none),
        sent,
        final: true,
      };
    case "URL_NOT_ALLOWED":
      return { error: new RotationError("ORIGIN_NOT_ALLOWED", `${who}'s address is not https`), sent, final: true };
    case "RESPONSE_TOO_LARGE":
      return {
        error: new RotationError("VERDICT_UNKNOWN", `the answer to ${what} was too large to read`),
        sent,
        final: false,
      };
    default:
      return {
        error: new RotationError(
          "ISSUER_UNAVAILABLE",
          `${who} did not answer ${what}: ${none?.why ?? failure}`,
          none === null ? undefined : nextAfter(none),
        ),
        sent,
        final: false,
      };
  }
}

/**
 * What an issuer's refusal of a token request says of the client secret; null: nothing. An error: nothing either, and asking again cannot
 * change the refusal.
 */
export type Refusal = "rejected" | "secret-good" | RotationError | null;

/** Codes about the client or the grant (RFC 6749, section 5.2): with 401 or 400, the same request is always answered so. */
const FINAL_CODES = ["unauthorized_client", "unsupported_grant_type", "invalid_request"];

/**
 * Judges the answer to a token request (RFC 6749, section 5).
 * @param requestedAt on `Clock.monotonic`; the token's life counts from the moment before its request
 * @param refusalOf what this issuer's 4xx says of the client secret
 */
export function judgeToken(
  response: IssuerResponse,
  requestedAt: number,
  who: string,
  refusalOf: (response: IssuerResponse) => Refusal,
): Login {
  const { status } = response;
  if (status === 200) {
    const token = tokenAnswer().safeParse(json(response));
    if (!token.success) {
      return {
        verdict: "unknown",
        final: false,
        error: new RotationError("VERDICT_UNKNOWN", "the answer to the token request could not be read"),
      };
    }
    const granted = Number(token.data.expires_in);
    const life = granted > 0 ? Math.min(granted, LONGEST_TOKEN_LIFE_SECONDS) : SHORTEST_TOKEN_LIFE_SECONDS;
    return {
      verdict: "accepted",
      token: { value: new Secret(token.data.access_token), expiresAt: requestedAt + life * 1000 },
    };
  }
  const refusal = status >= 400 && status < 500 ? refusalOf(response) : null;
  if (refusal === "rejected") return { verdict: "rejected" };
  if (refusal === "secret-good") return { verdict: "accepted", token: null };
  if (refusal !== null) return { verdict: "unknown", final: true, error: refusal };
  if (isTransient(status)) {
    const error = new RotationError("ISSUER_UNAVAILABLE", `${who} answered the token request with ${status}`);
    return { verdict: "unknown", final: false, error };
  }
  if (status >= 300 && status < 400) {
    const error = new RotationError("ORIGIN_NOT_ALLOWED", "the token request was answered with a redirect");
    return { verdict: "unknown", final: true, error };
  }
  const code = oauthErrorOf(response)?.error ?? "";
  const detail = statusAndCode(status, code, OAUTH_CODES);
  const what = `the token request was answered ${detail}, which says nothing about the client secret`;
  const isFinal = status >= 400 && (status !== 401 || FINAL_CODES.includes(code));
  if (!isFinal) return { verdict: "unknown", final: false, error: new RotationError("VERDICT_UNKNOWN", what) };
  const error = new RotationError("ISSUER_CONFIGURATION", what);
  return { verdict: "unknown", final: true, error, isScopeRefused: code === "invalid_scope" };
}
