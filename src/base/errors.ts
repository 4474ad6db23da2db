/**
 * Everything that can end an invocation without success, as one discriminated family: a literal `code`, what happened, and what the
 * operator does next. The catalogue is the contract with the readers of `returnMessage`. No message may hold a secret, a token, a digest of
 * one, or text that another server wrote.
 */
const catalogue = {
  EVENT_INVALID: [400, "send one of the events that docs/reference.md lists"],
  CLIENT_NOT_BOUND: [400, "set the secret's defined tag to the client that its content names"],
  VERSION_NOT_PROMOTABLE: [400, "promote the number that UPDATE_TARGET_SYSTEM returned, or start the rotation again"],
  CONTENT_INVALID: [400, "correct the secret's content in Vault as a new version, then rotate again"],
  ISSUER_UNKNOWN: [
    400,
    "set the member issuer of the secret's content to a known one, or remove it for an OCI IAM identity domain",
  ],
  ORIGIN_NOT_ALLOWED: [
    400,
    "correct the issuer's address in the secret's content, or add its origin to OROT_ISSUER_ORIGINS",
  ],
  ISSUER_CONFIGURATION: [
    400,
    "check the application at the issuer: confidential, activated, client credentials grant allowed",
  ],
  POLICY_REFUSED: [400, "change the issuer's policy for client secrets, then rotate again"],
  CERTIFICATE_UNTRUSTED: [
    400,
    "give the issuer a certificate of a public authority, or name its own authority in OROT_CA_BUNDLE",
  ],
  SECRET_REJECTED: [
    400,
    "if a rotation is under way, run it again; otherwise store the working client secret as a new version",
  ],
  LOCKED_OUT: [400, "regenerate in the console, store the value as PENDING, run heal"],
  SUBSCRIBER_INVALID: [400, "name an http, https or mailto endpoint that the settings OROT_NOTIFY_* allow"],
  VAULT_FORBIDDEN: [403, "add the policy line, and allow 15 minutes for it to take effect"],
  ISSUER_FORBIDDEN: [403, "give the client the right to regenerate its own secret at the issuer"],
  SECRET_NOT_FOUND: [404, "check the OCID, and that the function's policies reach this secret"],
  NO_WAY_BACK: [
    409,
    "configure a second authority (OROT_AUTHORITY_SECRET_IDS), or let one rotation and one heal run with OROT_REQUIRE_WAY_BACK off: the heal learns whether tokens survive",
  ],
  NO_VERSION_SLOTS: [409, "schedule the deletion of DEPRECATED versions of the secret, then rotate again"],
  SECRET_NOT_ROTATABLE: [409, "rotate a secret that is ACTIVE and not a replica"],
  NOTHING_PENDING: [409, "start the rotation again"],
  PENDING_REJECTED: [409, "start the rotation again: it replaces the refused version"],
  GRACE_RUNNING: [409, "wait until the grace is over, or rotate with the reason compromised"],
  RETIRE_NOT_SAFE: [409, "run heal, then check at the issuer which secrets the client holds"],
  ROLLBACK_REFUSED: [409, "rotate to a new client secret instead"],
  PAUSED: [409, "set OROT_PAUSED to false to resume rotations"],
  CLIENT_CHANGED: [409, "find out who changed the secret; the next run uses the client that CURRENT then holds"],
  CLAIM_LIVE: [503, "wait for the other run to finish, or run heal in a few minutes"],
  VERDICT_UNKNOWN: [503, "try again later: no working client secret was given up"],
  ISSUER_UNAVAILABLE: [503, "try again later: no working client secret was given up"],
  VAULT_UNAVAILABLE: [503, "try again later: no working client secret was given up"],
  DEADLINE_TOO_SHORT: [503, "give the function its full timeout of 300 seconds and run it again"],
  SETTINGS_INVALID: [500, "correct the function's configuration"],
  INTERNAL: [500, "report this with the call id and the log line of the event internal-error"],
} as const satisfies Record<string, readonly [responseCode: number, nextAction: string]>;

export type ErrorCode = keyof typeof catalogue;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(catalogue, text);
}

/** Every response code of an error. */
export const responseCodes: readonly number[] = [...new Set(Object.values(catalogue).map(([code]) => code))];

/** Every code, and every usual next action. */
export const catalogueTexts: readonly string[] = Object.entries(catalogue).flatMap(([code, [, next]]) => [code, next]);

export class RotationError extends Error {
  override readonly name = "RotationError";
  readonly code: ErrorCode;
  readonly nextAction: string;

  /** `what` and `nextAction` are plain sentences without a full stop. Without `nextAction`, the code's usual one applies. */
  constructor(code: ErrorCode, what: string, nextAction?: string) {
    super(what);
    this.code = code;
    this.nextAction = nextAction ?? catalogue[code][1];
  }

  /** The answer's `responseCode`, an HTTP status. */
  get responseCode(): number {
    return catalogue[this.code][0];
  }

  /** `CODE: what happened. Next: what to do.` */
  get returnMessage(): string {
    return `${this.code}: ${this.message}. Next: ${this.nextAction}.`;
  }
}

/** An error about the secret of a second authority, not about the secret of the call. */
export class AuthorityError extends RotationError {}

/** Any thrown value as a member of the family. An unknown value becomes INTERNAL, and its text is dropped, because it may hold a secret. */
export function asRotationError(thrown: unknown): RotationError {
  return thrown instanceof RotationError ? thrown : new RotationError("INTERNAL", "an unexpected error ended the call");
}
