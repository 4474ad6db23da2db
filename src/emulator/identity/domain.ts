import type { CallName } from "../core/call-names.ts";
import type { EmulatedIssuer } from "../core/emulated-issuer.ts";
import { withRetryAfter } from "../core/retry-after.ts";
import type { EmulatorState } from "../core/state.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { tokenCall } from "../core/token-call.ts";
import { type EmulatedRequest, type EmulatedResponse, scimError, tokenError } from "../core/wire.ts";
import { type Caller, handleApps } from "./apps.ts";
import { isOverLimit } from "./limits.ts";
import { appOfClient, type DomainState, domainOf } from "./state.ts";
import { basicCredentials, bearerApp, handleToken } from "./token.ts";

const TOKEN_PATH = "/oauth2/v1/token";

function handle(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { state, now, switches } = surroundings;
  if (request.host.endsWith(":443") && switches["host-port"] === "refused") {
    return scimError(404, "error.common.resource.notFound", "No identity domain has this host.");
  }
  const domain = domainOf(state.identity, request.host);
  if (request.path === TOKEN_PATH) return handleToken(request, domain, surroundings);
  if (isOverLimit(domain, "other", now, switches)) return withRetryAfter(error(429, request.path), switches);
  const caller = callerOf(request, domain, surroundings);
  if (caller === undefined) return scimError(401, "error.common.authentication.failed", "Authentication is needed.");
  return handleApps(request, caller, domain, surroundings);
}

function callerOf(request: EmulatedRequest, domain: DomainState, surroundings: Surroundings): Caller | undefined {
  if (request.headers["authorization"]?.startsWith("Signature ") === true) {
    return surroundings.switches["signed-callers"] === "allowed" ? "signed" : undefined;
  }
  return bearerApp(request, domain, surroundings);
}

function classify(request: EmulatedRequest, state: EmulatorState): CallName {
  const { path, method, headers, host } = request;
  if (path === TOKEN_PATH) {
    const credentials = basicCredentials(headers["authorization"]);
    if (credentials === undefined) return "token-pending";
    const app = appOfClient(domainOf(state.identity, host), credentials.id);
    return tokenCall(credentials.id, credentials.secret, app?.firstLogin ?? app?.secret, state);
  }
  if (path.startsWith("/admin/v1/AppClientSecretRegenerator")) {
    return method === "POST" ? "regenerate" : "read-regenerator";
  }
  if (path.startsWith("/admin/v1/Apps")) return method === "GET" ? "read-app" : "install";
  return "other";
}

/** The error codes of the token endpoint and of `/admin/v1`, by status. */
const ERRORS: Readonly<Record<number, { readonly token: string; readonly scim: string }>> = {
  400: { token: "invalid_request", scim: "error.common.validation.invalidValue" },
  401: { token: "invalid_client", scim: "error.common.authentication.failed" },
  403: { token: "unauthorized_client", scim: "error.common.accessForbidden" },
  409: { token: "conflict", scim: "error.common.conflict" },
  412: { token: "precondition_failed", scim: "error.common.preconditionFailed" },
  429: { token: "too_many_requests", scim: "error.common.tooManyRequests" },
};
const INTERNAL = { token: "server_error", scim: "error.common.internal" };

function error(status: number, path: string): EmulatedResponse {
  const { token, scim } = ERRORS[status] ?? INTERNAL;
  const detail = "Set in the emulator.";
  return path === TOKEN_PATH ? tokenError(status, token, detail) : scimError(status, scim, detail);
}

/** An OCI IAM identity domain: its token endpoint and the part of `/admin/v1` that rotates client secrets. */
export const identityDomain: EmulatedIssuer = {
  system: "identity",
  serves: (path) => path === TOKEN_PATH || path.startsWith("/admin/v1/"),
  classify,
  handle,
  error,
};
