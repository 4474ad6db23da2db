/**
 * Codes of other servers that may be shown to an operator. A code is shown only if a list has it; otherwise only its length is reported. A
 * pattern would let through everything in the form of a code, perhaps a client secret.
 */

/** `error` of a token endpoint (RFC 6749, sections 4.1.2.1 and 5.2; RFC 6750, section 3.1), and further ones of UAA, Keycloak and Ed-Fi. */
export const OAUTH_CODES: ReadonlySet<string> = new Set([
  "access_denied",
  "insufficient_scope",
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_token",
  "not_allowed",
  "not_found",
  "server_error",
  "temporarily_unavailable",
  "unauthorized",
  "unauthorized_client",
  "unknown_error",
  "unsupported_grant_type",
  "unsupported_response_type",
  "Realm does not exist",
]);

/** `messageId` of an identity domain's SCIM errors, as far as documentation and users report them for our requests. */
export const DOMAIN_MESSAGE_IDS: ReadonlySet<string> = new Set([
  "error.common.accessForbidden",
  "error.common.authentication.failed",
  "error.common.common.accessDenied",
  "error.common.filter.invalid",
  "error.common.resource.notFound",
  "error.common.unsupportedMediaType",
  "error.common.validation.invalidReferenceResource",
  "error.common.validation.invalidValue",
  "error.common.validation.missingReqAttr",
  "error.common.validation.missingReqAttributes",
  "error.common.validation.readOnlyAttribute",
  "error.common.validation.stringExceedsMaxLimit",
]);

/** `code` of an OCI error (Source: OCI, API errors). */
export const OCI_CODES: ReadonlySet<string> = new Set([
  "CannotParseRequest",
  "Conflict",
  "ExternalServerIncorrectState",
  "ExternalServerInvalidResponse",
  "ExternalServerTimeout",
  "ExternalServerUnreachable",
  "IncorrectState",
  "InsufficientServicePermissions",
  "InternalServerError",
  "InvalidParameter",
  "InvalidatedRetryToken",
  "LimitExceeded",
  "MethodNotAllowed",
  "MethodNotImplemented",
  "MissingParameter",
  "NamespaceNotFound",
  "NoEtagMatch",
  "NotAllowed",
  "NotAuthenticated",
  "NotAuthorized",
  "NotAuthorizedOrNotFound",
  "NotAuthorizedOrResourceAlreadyExists",
  "NotFound",
  "PayloadTooLarge",
  "QuotaExceeded",
  "RelatedResourceNotAuthorizedOrNotFound",
  "RequestHeaderFieldsTooLarge",
  "ResourceDisabled",
  "ResourceLocked",
  "ServiceUnavailable",
  "SignUpRequired",
  "TooManyRequests",
  "UnprocessableEntity",
  "UnsupportedMediaType",
]);

/** `lifecycleState` of a secret or a function, and `status` of a work request. */
export const OCI_STATES: ReadonlySet<string> = new Set([
  "ACCEPTED",
  "ACTIVE",
  "CANCELED",
  "CANCELING",
  "CANCELLING_DELETION",
  "CREATING",
  "DELETED",
  "DELETING",
  "FAILED",
  "INACTIVE",
  "IN_PROGRESS",
  "PENDING_DELETION",
  "SCHEDULING_DELETION",
  "SUCCEEDED",
  "UPDATING",
]);

/** The code if the list has it, otherwise its length. @param what the kind of code, in words */
export function shownCode(code: string, known: ReadonlySet<string>, what = "an error code"): string {
  return known.has(code) ? code : `${what} of ${code.length} characters`;
}

/** For "was answered ...": the status, and the server's code if there is one. */
export function statusAndCode(status: number, code: string, known: ReadonlySet<string>): string {
  if (code === "") return String(status);
  return known.has(code) ? `${status} ${code}` : `${status} and ${shownCode(code, known)}`;
}
