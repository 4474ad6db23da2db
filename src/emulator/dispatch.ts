import type { Entropy } from "../entropy.ts";
import type { Classified } from "./call-names.ts";
import { handleFunctions, type StoredFunction } from "./functions-api.ts";
import { handleIdentityDomain } from "./identity-domain.ts";
import { handleSecretBundles } from "./secret-bundles.ts";
import type { EmulatorState } from "./state.ts";
import type { Switches } from "./switches.ts";
import { handleVaultControl } from "./vault-control.ts";
import { type EmulatedRequest, type EmulatedResponse, notAuthorizedOrNotFound, scimError, tokenError } from "./wire.ts";
import { handleWorkRequests } from "./work-requests.ts";

/** Names by which the switch `deny` forbids several calls at once. */
const GROUPS: Readonly<Record<string, string>> = {
  "write-claim": "update-secret",
  "write-pending": "update-secret",
  promote: "update-secret",
  "update-metadata": "update-secret",
  "read-current": "read-bundle",
  "read-pending": "read-bundle",
  "token-current": "token",
  "token-pending": "token",
};

/** Hands a request to the system that serves its path. */
export function dispatch(
  request: EmulatedRequest,
  classified: Classified,
  state: EmulatorState,
  entropy: Entropy,
  now: number,
  switches: Switches,
): EmulatedResponse | { readonly invoke: StoredFunction } {
  const { call, system } = classified;
  if (switches.deny.includes(call) || switches.deny.includes(GROUPS[call] ?? call)) {
    return denied(request, system);
  }
  switch (system) {
    case "vault":
      return handleVaultControl(request, state.vault, state.workRequests, now, switches);
    case "bundles":
      return handleSecretBundles(request, state.vault, now, switches);
    case "identity":
      return handleIdentityDomain(request, state.identity, entropy, now, switches);
    case "work-requests":
      return handleWorkRequests(request, state.workRequests, switches);
    case "functions":
      return handleFunctions(request, state.functions);
    case "unknown":
      return notAuthorizedOrNotFound();
  }
}

function denied(request: EmulatedRequest, system: Classified["system"]): EmulatedResponse {
  if (system !== "identity") {
    return notAuthorizedOrNotFound();
  }
  return request.path === "/oauth2/v1/token"
    ? tokenError(403, "unauthorized_client", "The client may not ask for tokens.")
    : scimError(403, "error.common.accessForbidden", "The caller lacks the right to this resource.");
}
