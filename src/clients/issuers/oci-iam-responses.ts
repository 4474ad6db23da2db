import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import { DOMAIN_MESSAGE_IDS, OAUTH_CODES, statusAndCode } from "../../base/server-codes.ts";
import type { Install, Mint, ReadBack } from "./issuer.ts";
import {
  type IssuerResponse,
  isShown,
  isSuccess,
  isTransient,
  json,
  jsonAtAnyDepth,
  oauthErrorOf,
  type Refusal,
} from "./responses.ts";

/** The issuer in words. */
export const WHO = "the identity domain";

const appAnswer = onFirstUse(() =>
  z.object({
    name: z.optional(z.nullable(z.string())),
    clientSecret: z.optional(z.nullable(z.string())),
  }),
);
const regenerated = onFirstUse(() => z.object({ clientSecret: z.string().check(z.minLength(1)) }));
const scimError = onFirstUse(() =>
  z.object({
    "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error": z.object({ messageId: z.string() }),
  }),
);

function detail(response: IssuerResponse): string {
  const scim = scimError().safeParse(json(response));
  if (!scim.success) return statusAndCode(response.status, oauthErrorOf(response)?.error ?? "", OAUTH_CODES);
  const { messageId } = scim.data["urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"];
  return statusAndCode(response.status, messageId, DOMAIN_MESSAGE_IDS);
}

/** Only 401 `invalid_client` says that the client secret is refused. Status and `error` decide, never a description. */
export function iamRefusalOf(response: IssuerResponse): Refusal {
  return response.status === 401 && oauthErrorOf(response)?.error === "invalid_client" ? "rejected" : null;
}

/** Judges the answer of AppClientSecretRegenerator. A 2xx that cannot be read has taken effect; 429 and 5xx may have. */
export function judgeMint(response: IssuerResponse): Mint {
  const { status } = response;
  if (isSuccess(status)) {
    const made = regenerated().safeParse(jsonAtAnyDepth(response));
    if (made.success && isShown(made.data.clientSecret)) {
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
      outcome: "proof-refused",
      error: new RotationError("ISSUER_FORBIDDEN", `regenerating was refused with ${detail(response)}`),
    };
  }
  return {
    outcome: "refused",
    error: new RotationError("ISSUER_CONFIGURATION", `regenerating was refused with ${detail(response)}`),
  };
}

/** Judges the answer to setting a chosen client secret. Any 4xx but 401 means that the domain takes no value of ours. */
export function judgeInstall(response: IssuerResponse): Install {
  const { status } = response;
  if (isSuccess(status)) return { outcome: "installed" };
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
      `the domain refuses a chosen client secret with ${detail(response)}; nothing has changed there`,
      "set OROT_OCI_IAM_VALUE to issuer",
    ),
  };
}

const APP_UNREADABLE = "the application's resource could not be read";

/**
 * Judges an App resource by its name, which is the client's id. Null: it is this client's, or may not be read.
 * @returns ISSUER_CONFIGURATION if it is another client's, ISSUER_UNAVAILABLE or VERDICT_UNKNOWN if that is not known
 *   now
 */
export function judgeApp(response: IssuerResponse, clientId: string): RotationError | null {
  const { status } = response;
  if (isTransient(status) || (status !== 200 && status < 400)) {
    return new RotationError("ISSUER_UNAVAILABLE", `reading the application was answered ${status}`);
  }
  if (status !== 200) return null;
  const app = appAnswer().safeParse(json(response));
  if (!app.success) return new RotationError("VERDICT_UNKNOWN", APP_UNREADABLE);
  if ((app.data.name ?? clientId) === clientId) return null;
  return new RotationError(
    "ISSUER_CONFIGURATION",
    "the App of the member appId is not the client of the member clientId: another client's secret would be changed",
    "correct appId or clientId in the secret's content, and in the authority's entry",
  );
}

/** Judges an App resource. Absent, empty and masked values, and any refusal but 401, mean that the secret is not readable. */
export function judgeReadBack(response: IssuerResponse, clientId: string): ReadBack {
  const { status } = response;
  if (status === 401) return { outcome: "proof-refused" };
  if (isTransient(status)) {
    return {
      outcome: "unknown",
      error: new RotationError("ISSUER_UNAVAILABLE", `reading the application was answered ${status}`),
    };
  }
  if (status !== 200) return { outcome: "not-readable", isProofAlive: status === 403 };
  const app = appAnswer().safeParse(json(response));
  if (!app.success) {
    return {
      outcome: "unknown",
      error: new RotationError("VERDICT_UNKNOWN", APP_UNREADABLE),
    };
  }
  // Another client's App: the value it shows is not this client's.
  if ((app.data.name ?? clientId) !== clientId) return { outcome: "not-readable", isProofAlive: true };
  const value = app.data.clientSecret ?? "";
  return isShown(value)
    ? { outcome: "read", clientSecret: new Secret(value) }
    : { outcome: "not-readable", isProofAlive: true };
}
