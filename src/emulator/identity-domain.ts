import type { Entropy } from "../entropy.ts";
import { type Caller, handleApps } from "./identity-apps.ts";
import { type DomainState, domainOf, type IdentityState } from "./identity-state.ts";
import { bearerApp, handleToken } from "./identity-token.ts";
import type { Switches } from "./switches.ts";
import { type EmulatedRequest, type EmulatedResponse, scimError } from "./wire.ts";

/** An OCI IAM identity domain: its token endpoint and the part of `/admin/v1` that rotates client secrets. */
export function handleIdentityDomain(
  request: EmulatedRequest,
  state: IdentityState,
  entropy: Entropy,
  now: number,
  switches: Switches,
): EmulatedResponse {
  if (request.host.endsWith(":443") && switches["host-port"] === "refused") {
    return scimError(404, "error.common.resource.notFound", "No identity domain has this host.");
  }
  const domain = domainOf(state, request.host);
  if (request.path === "/oauth2/v1/token") {
    return handleToken(request, domain, entropy, now, switches);
  }
  const caller = callerOf(request, domain, now, switches);
  if (caller === undefined) {
    return scimError(401, "error.common.authentication.failed", "Authentication is needed.");
  }
  return handleApps(request, caller, domain, entropy, now, switches);
}

function callerOf(request: EmulatedRequest, domain: DomainState, now: number, switches: Switches): Caller | undefined {
  if (request.headers["authorization"]?.startsWith("Signature ") === true) {
    return switches["signed-callers"] === "allowed" ? "signed" : undefined;
  }
  return bearerApp(request, domain, now, switches);
}
