import { type EmulatedResponse, empty, json } from "../core/wire.ts";

/** `application/problem+json` as the CMS writes it, with the members of its `FailureResponse`. */
interface Problem {
  readonly status: number;
  /** What follows `urn:ed-fi:api:` in `type`. */
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly validationErrors?: Readonly<Record<string, readonly string[]>>;
  readonly errors?: readonly string[];
}

const SEE_ERRORS = "The request could not be processed. See 'errors' for details.";

function problem({ status, type, title, detail, validationErrors, errors }: Problem): EmulatedResponse {
  const body = {
    detail,
    type: `urn:ed-fi:api:${type}`,
    title,
    status,
    correlationId: "0HEMULATED:00000001",
    validationErrors: validationErrors ?? {},
    errors: errors ?? [],
  };
  return { status, headers: { "content-type": "application/problem+json" }, body: JSON.stringify(body) };
}

export function badRequest(detail: string): EmulatedResponse {
  return problem({ status: 400, type: "bad-request", title: "Bad Request", detail });
}

/** Members of a form that are missing, by name. */
export function notEmpty(names: readonly string[]): EmulatedResponse {
  return problem({
    status: 400,
    type: "bad-request:data-validation-failed",
    title: "Data Validation Failed",
    detail: "",
    validationErrors: Object.fromEntries(names.map((name) => [name, [`'${name}' must not be empty.`]])),
  });
}

export function unauthorized(error: string): EmulatedResponse {
  return problem({
    status: 401,
    type: "security:authentication",
    title: "Authentication Failed",
    detail: SEE_ERRORS,
    errors: [error],
  });
}

export function forbidden(error: string): EmulatedResponse {
  return problem({
    status: 403,
    type: "security:authorization",
    title: "Authorization Failed",
    detail: SEE_ERRORS,
    errors: [error],
  });
}

export function notFound(detail: string): EmulatedResponse {
  return problem({ status: 404, type: "not-found", title: "Not Found", detail });
}

/** The response to an unmapped path or a switched-off endpoint: empty, or with the body of releases that fill empty responses. */
export function unmapped(shown: "empty" | "problem"): EmulatedResponse {
  return shown === "empty" ? empty(404) : notFound("The requested resource could not be found.");
}

export function methodNotAllowed(allow: string): EmulatedResponse {
  return empty(405, { allow });
}

/** The lock of the application was not obtained in time. */
export function locked(): EmulatedResponse {
  return problem({
    status: 409,
    type: "conflict",
    title: "Conflict",
    detail: "Unable to process the request due to a concurrent modification. Retry the request.",
  });
}

/** The secret is right, but the client already holds the maximum number of live tokens. */
export function tooManyTokens(limit: number): EmulatedResponse {
  return problem({
    status: 429,
    type: "security:authentication:too-many-tokens",
    title: "Too Many Tokens",
    detail: "The caller has authenticated too many times in too short of a time period.",
    errors: [
      `Too many access tokens have been requested (limit is ${limit}). Access tokens should be reused until they expire.`,
    ],
  });
}

export function badGateway(error: string): EmulatedResponse {
  return problem({ status: 502, type: "bad-gateway", title: "Bad Gateway", detail: SEE_ERRORS, errors: [error] });
}

export function unknownFailure(): EmulatedResponse {
  return problem({ status: 500, type: "internal-server-error", title: "Internal Server Error", detail: "" });
}

/** The response of the tenant middleware, which has a format of its own. */
export function tenantProblem(message: string): EmulatedResponse {
  return json(400, { error: "Bad Request", message });
}

/** An error for faults and the switch `deny`. */
export function edfiError(status: number): EmulatedResponse {
  switch (status) {
    case 400:
      return badRequest("Set in the emulator.");
    case 401:
      return unauthorized("Set in the emulator.");
    case 403:
      return forbidden("Set in the emulator.");
    case 409:
      return locked();
    case 412:
      return problem({
        status: 412,
        type: "optimistic-lock-failed",
        title: "Optimistic Lock Failed",
        detail: "Set in the emulator.",
      });
    case 429:
      return problem({
        status: 429,
        type: "too-many-requests",
        title: "Too Many Requests",
        detail: "Set in the emulator.",
      });
    default:
      return unknownFailure();
  }
}
