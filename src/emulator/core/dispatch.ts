import type { Entropy } from "../../base/entropy.ts";
import { handleFunctions, type StoredFunction } from "../functions/api.ts";
import { handleAuth } from "../identity/auth-api.ts";
import { handleVaultControl } from "../vault/control.ts";
import { handleSecretBundles } from "../vault/secret-bundles.ts";
import { handleWorkRequests } from "../vault/work-requests.ts";
import type { System } from "./call-names.ts";
import type { Classified } from "./classify.ts";
import { issuerOf } from "./issuers.ts";
import { handleReceivers, handleTopics } from "./receivers.ts";
import { answeredOnce } from "./retries.ts";
import type { EmulatorState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Switches } from "./switches.ts";
import { type EmulatedRequest, type EmulatedResponse, notAuthorizedOrNotFound } from "./wire.ts";

/** Group names with which the switch `deny` forbids several calls at once. */
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

/** Passes a request to the system that serves its path. */
export function dispatch(
  request: EmulatedRequest,
  classified: Classified,
  state: EmulatorState,
  entropy: Entropy,
  now: number,
  switches: Switches,
): EmulatedResponse | { readonly invoke: StoredFunction } {
  const { call, system } = classified;
  const issuer = issuerOf(system);
  if (switches.deny.includes(call) || switches.deny.includes(GROUPS[call] ?? call)) {
    return issuer?.error(403, request.path) ?? notAuthorizedOrNotFound();
  }
  const surroundings = { state, entropy, now, switches };
  if (issuer !== undefined) {
    return issuer.handle(request, surroundings);
  }
  return answeredOnce(request, state.retries, now, () => answerOf(request, system, surroundings));
}

function answerOf(
  request: EmulatedRequest,
  system: System,
  surroundings: Surroundings,
): EmulatedResponse | { readonly invoke: StoredFunction } {
  const { state, now, switches } = surroundings;
  switch (system) {
    case "vault":
      return handleVaultControl(request, surroundings) ?? notAuthorizedOrNotFound();
    case "bundles":
      return handleSecretBundles(request, surroundings) ?? notAuthorizedOrNotFound();
    case "work-requests":
      return handleWorkRequests(request, state.workRequests, switches);
    case "functions":
      return handleFunctions(request, state.functions, switches);
    case "receivers":
      return handleReceivers(request, state.received, now);
    case "topics":
      return handleTopics(request, state.received, now);
    case "auth":
      return handleAuth(request, now);
    default:
      return notAuthorizedOrNotFound();
  }
}
