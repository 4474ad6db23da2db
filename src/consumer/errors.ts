const nextActions = {
  /** The reader threw, took too long, or gave something else than a version. */
  READ_FAILED: "check that the application reaches Vault and may read the secret (secret-bundles), then ask again",
  /** The reader gave null for CURRENT. */
  NOT_FOUND: "check the secret's OCID, and that the application may read it: Vault answers both alike",
  /** The content of CURRENT is no credential. */
  CONTENT_INVALID: "correct the secret's content in Vault as a new version",
} as const;

export type CredentialErrorCode = keyof typeof nextActions;

/**
 * Why there is no credential. The message names statuses, codes of a closed list and members, never a value. It never has a cause: a library's
 * error may hold a request's Authorization header, and a JSON parser's a piece of what it parsed. The reader's own error goes to the option
 * `onReadError` alone.
 */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
  readonly code: CredentialErrorCode;

  constructor(code: CredentialErrorCode, what: string) {
    super(`${code}: ${what}. Next: ${nextActions[code]}.`);
    this.code = code;
  }
}

/** What Vault answers (Source: OCI, API errors), and what Node, axios and undici call a lost connection. */
const KNOWN_CODES: readonly string[] = [
  ...[
    "NotAuthenticated",
    "NotAuthorized",
    "NotAuthorizedOrNotFound",
    "NotAuthorizedOrResourceAlreadyExists",
    "NotFound",
  ],
  ...["InvalidParameter", "MissingParameter", "CannotParseRequest", "IncorrectState", "Conflict", "LimitExceeded"],
  ...["TooManyRequests", "InternalError", "InternalServerError", "ServiceUnavailable", "SignUpRequired"],
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "EPROTO"],
  ...["EHOSTUNREACH", "ENETUNREACH", "ERR_NETWORK", "ERR_BAD_REQUEST", "ERR_BAD_RESPONSE", "ERR_CANCELED", "ABORT_ERR"],
  ...["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_SOCKET"],
  ...["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"],
  ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  ...["ERR_TLS_CERT_ALTNAME_INVALID"],
];

/** A status or a code of the list, and no other: a client secret has the form of a code. */
function shown(value: unknown): string | null {
  if (typeof value === "number") return Number.isInteger(value) && value >= 100 && value <= 599 ? String(value) : null;
  return KNOWN_CODES.find((known) => known === value) ?? null;
}

function member(thrown: object, name: string): unknown {
  try {
    return Reflect.get(thrown, name);
  } catch {
    // What a getter throws may hold anything as well.
    return undefined;
  }
}

/** What of a reader's error may be told: its status and its code, as the OCI SDK, axios and Node name them. */
export function describe(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "";
  const told = ["statusCode", "status", "serviceCode", "code"].map((name) => shown(member(thrown, name)));
  const distinct = [...new Set(told.filter((text) => text !== null))];
  return distinct.length === 0 ? "" : ` (${distinct.join(" ")})`;
}
