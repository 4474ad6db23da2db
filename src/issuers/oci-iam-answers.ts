import * as z from "zod/mini";
import { RotationError } from "../errors.ts";
import { RatePausedError } from "../http/rate-gate.ts";
import { TransportError } from "../http/transport.ts";
import { Secret } from "../secret.ts";
import type { Install, Login, Mint, ReadBack } from "./issuer.ts";

/** A status and a body, as axios gives them with `validateStatus: null` and no `transformResponse`. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
}

const tokenAnswer = z.object({ access_token: z.string().check(z.minLength(1)), expires_in: z.optional(z.unknown()) });
const oauthError = z.object({ error: z.string() });
const appAnswer = z.object({ clientSecret: z.optional(z.nullable(z.string())) });
const regenerated = z.object({ clientSecret: z.string().check(z.minLength(1)) });
const scimError = z.object({
  "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error": z.object({ messageId: z.string() }),
});

/** The shortest life that a domain grants, in seconds: for an answer that does not say. */
const SHORTEST_TOKEN_LIFE_SECONDS = 60;
/** The longest that a domain grants (Source: OCI IAM, custom access token expiry). */
const LONGEST_TOKEN_LIFE_SECONDS = 31_556_952;
const MASKED = /^\*+$/;
/** Only a known form of words may reach an operator: an error code or message id could quote input. */
const HARMLESS_ID = /^[a-z][a-zA-Z0-9_.]{0,79}$/;

function json(answer: Answer): unknown {
  try {
    return JSON.parse(String(answer.data));
  } catch {
    return undefined;
  }
}

function detail(answer: Answer): string {
  const body = json(answer);
  const oauth = oauthError.safeParse(body);
  const scim = scimError.safeParse(body);
  const id = oauth.success
    ? oauth.data.error
    : scim.success
      ? scim.data["urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"].messageId
      : "";
  return HARMLESS_ID.test(id) ? `${answer.status} ${id}` : String(answer.status);
}

/** 429 and 5xx say nothing about what was asked; neither does an answer that cannot be read. */
function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Why no answer came, in the product's own words. */
export function noAnswer(
  thrown: unknown,
  what: string,
): { readonly error: RotationError; readonly sent: boolean; readonly final: boolean } {
  if (thrown instanceof RatePausedError) {
    const seconds = Math.ceil(thrown.pauseMs / 1000);
    const error = new RotationError(
      "ISSUER_UNAVAILABLE",
      `the identity domain answered 429; the pause of another ${seconds} s does not fit into the time left`,
    );
    return { error, sent: false, final: true };
  }
  if (!(thrown instanceof TransportError)) {
    return { error: new RotationError("INTERNAL", `${what} ended with an unexpected error`), sent: true, final: true };
  }
  const { failure, sent } = thrown;
  switch (failure) {
    case "CERTIFICATE_UNTRUSTED":
      return {
        error: new RotationError("CERTIFICATE_UNTRUSTED", "the identity domain's certificate is not trusted"),
        sent,
        final: true,
      };
    case "URL_NOT_ALLOWED":
      return {
        error: new RotationError("ORIGIN_NOT_ALLOWED", "the identity domain's address is not https"),
        sent,
        final: true,
      };
    case "RESPONSE_TOO_LARGE":
      return {
        error: new RotationError("VERDICT_UNKNOWN", `the answer to ${what} was too large to read`),
        sent,
        final: false,
      };
    default:
      return {
        error: new RotationError("ISSUER_UNAVAILABLE", `the identity domain did not answer ${what}: ${failure}`),
        sent,
        final: false,
      };
  }
}

/**
 * Judges the answer to a token request (RFC 6749, section 5) by status and `error`, never by a description.
 * @param receivedAt on `Clock.monotonic`; the token's life counts from the moment before its request
 */
export function judgeToken(answer: Answer, requestedAt: number): Login {
  const body = json(answer);
  if (answer.status === 200) {
    const token = tokenAnswer.safeParse(body);
    if (!token.success) {
      return {
        verdict: "unknown",
        final: false,
        error: new RotationError("VERDICT_UNKNOWN", "the answer to the token request could not be read"),
      };
    }
    const granted = Number(token.data.expires_in ?? Number.NaN);
    const life = granted > 0 ? Math.min(granted, LONGEST_TOKEN_LIFE_SECONDS) : SHORTEST_TOKEN_LIFE_SECONDS;
    return {
      verdict: "accepted",
      token: { value: new Secret(token.data.access_token), expiresAt: requestedAt + life * 1000 },
    };
  }
  const oauth = oauthError.safeParse(body);
  if (answer.status === 401 && oauth.success && oauth.data.error === "invalid_client") return { verdict: "rejected" };
  if (isTransient(answer.status)) {
    const error = new RotationError(
      "ISSUER_UNAVAILABLE",
      `the identity domain answered the token request with ${answer.status}`,
    );
    return { verdict: "unknown", final: false, error };
  }
  if (answer.status >= 300 && answer.status < 400) {
    const error = new RotationError("ORIGIN_NOT_ALLOWED", "the token request was answered with a redirect");
    return { verdict: "unknown", final: true, error };
  }
  if (answer.status === 401 || answer.status < 400) {
    const error = new RotationError(
      "VERDICT_UNKNOWN",
      `the token request was answered ${detail(answer)}, which says nothing about the client secret`,
    );
    return { verdict: "unknown", final: false, error };
  }
  const error = new RotationError(
    "ISSUER_CONFIGURATION",
    `the token request was answered ${detail(answer)}, which says nothing about the client secret`,
  );
  const isScopeRefused = oauth.success && oauth.data.error === "invalid_scope";
  return { verdict: "unknown", final: true, error, isScopeRefused };
}

/** Judges the answer of AppClientSecretRegenerator. A 2xx that cannot be read has taken effect; 429 and 5xx may have. */
export function judgeMint(answer: Answer): Mint {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const made = regenerated.safeParse(json(answer));
    if (made.success && !MASKED.test(made.data.clientSecret)) {
      return { outcome: "minted", clientSecret: new Secret(made.data.clientSecret) };
    }
    return {
      outcome: "unknown",
      error: new RotationError("VERDICT_UNKNOWN", "the new client secret could not be read from the answer"),
    };
  }
  if (isTransient(status) || status < 400) {
    return {
      outcome: "unknown",
      error: new RotationError("ISSUER_UNAVAILABLE", `regenerating was answered ${status}`),
    };
  }
  if (status === 401) {
    const what = "the token was refused at regenerating, or the client may not regenerate its own secret";
    return { outcome: "proof-refused", error: new RotationError("ISSUER_UNAVAILABLE", what) };
  }
  if (status === 403) {
    return {
      outcome: "refused",
      error: new RotationError("ISSUER_FORBIDDEN", `regenerating was refused with ${detail(answer)}`),
    };
  }
  return {
    outcome: "refused",
    error: new RotationError("ISSUER_CONFIGURATION", `regenerating was refused with ${detail(answer)}`),
  };
}

/** Judges the answer to setting a chosen client secret. Any 4xx but 401 means that the domain takes no value of ours. */
export function judgeInstall(answer: Answer): Install {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: "installed" };
  if (isTransient(status) || status < 400) {
    const what = `setting the client secret was answered ${status}`;
    return { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", what) };
  }
  if (status === 401) {
    return {
      outcome: "proof-refused",
      error: new RotationError("ISSUER_UNAVAILABLE", "the token was refused at setting the client secret"),
    };
  }
  return {
    outcome: "refused",
    error: new RotationError(
      "ISSUER_CONFIGURATION",
      `the domain refuses a chosen client secret with ${detail(answer)}; nothing has changed there`,
      "set OROT_OCI_IAM_VALUE to issuer",
    ),
  };
}

/** Judges an App resource. Absent, empty and masked values, and any refusal but 401, mean that the secret is not readable. */
export function judgeReadBack(answer: Answer): ReadBack {
  const { status } = answer;
  if (status === 401) return { outcome: "proof-refused" };
  if (isTransient(status)) {
    return {
      outcome: "unknown",
      error: new RotationError("ISSUER_UNAVAILABLE", `reading the application was answered ${status}`),
    };
  }
  if (status !== 200) return { outcome: "not-readable", isProofAlive: status === 403 };
  const app = appAnswer.safeParse(json(answer));
  if (!app.success) {
    return {
      outcome: "unknown",
      error: new RotationError("VERDICT_UNKNOWN", "the application's resource could not be read"),
    };
  }
  const value = app.data.clientSecret ?? "";
  return value === "" || MASKED.test(value)
    ? { outcome: "not-readable", isProofAlive: true }
    : { outcome: "read", clientSecret: new Secret(value) };
}
