/**
 * The codes of a reader's errors that may stand in a message, whole: what a list does not hold could be a value. Those of OCI's services
 * (Source: OCI, API errors), of Node's system errors, and of axios and fetch.
 */
const CODES: ReadonlySet<unknown> = new Set([
  "CannotParseRequest",
  "IncorrectState",
  "InternalServerError",
  "InvalidParameter",
  "LimitExceeded",
  "MissingParameter",
  "NotAllowed",
  "NotAuthenticated",
  "NotAuthorized",
  "NotAuthorizedOrNotFound",
  "NotFound",
  "ServiceUnavailable",
  "SignUpRequired",
  "TooManyRequests",
  "EACCES",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  "ETIMEDOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_BAD_REQUEST",
  "ERR_BAD_RESPONSE",
  "ERR_CANCELED",
  "ERR_NETWORK",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

const isStatus = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599;

/** The code or status as text; a code that is not known by its length; null: there is none. */
export function shownCode(value: unknown): string | null {
  if (isStatus(value) || CODES.has(value)) return String(value);
  return typeof value === "string" && value !== "" ? `an error code of ${value.length} characters` : null;
}
