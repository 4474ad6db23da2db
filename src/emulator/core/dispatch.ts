import type { Entropy } from "../../base/entropy.ts";
import { handleFunctions } from "../functions/api.ts";
import type { StoredFunction } from "../functions/state.ts";
import { handleAuth } from "../identity/auth-api.ts";
import { handleVaultControl } from "../vault/control.ts";
import { handleSecretBundles } from "../vault/secret-bundles.ts";
import { handleWorkRequests } from "../vault/work-requests.ts";
import type { System } from "./call-names.ts";
import type { Classified } from "./classify.ts";
import { issuerOf } from "./issuers.ts";
import { handleMetrics, metricCall } from "./metrics.ts";
import { notAnOperation } from "./operations.ts";
import { handleReceivers } from "./receivers.ts";
import { answeredOnce } from "./retries.ts";
import type { EmulatorState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Switches } from "./switches.ts";
import { handleTopics, topicCall } from "./topics.ts";
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
  if (issuer !== undefined) return issuer.handle(request, surroundings);
  return answeredOnce(request, state.retries, now, () => answerOf(request, system, surroundings));
}

function answerOf(
  request: EmulatedRequest,
  system: System,
  surroundings: Surroundings,
): EmulatedResponse | { readonly invoke: StoredFunction } {
  switch (system) {
    case "vault":
      return handleVaultControl(request, surroundings) ?? notAnOperation(request);
    case "bundles":
      return handleSecretBundles(request, surroundings) ?? notAnOperation(request);
    case "work-requests":
      return handleWorkRequests(request, surroundings) ?? notAnOperation(request);
    case "functions":
      return handleFunctions(request, surroundings) ?? notAnOperation(request);
    case "receivers":
      return handleReceivers(request, surroundings.state.received, surroundings.now);
    case "topics": {
      const call = topicCall(request);
      return call === null ? notAnOperation(request) : handleTopics(request, call, surroundings);
    }
    case "monitoring": {
      const call = metricCall(request);
      return call === null ? notAnOperation(request) : handleMetrics(request, call, surroundings);
    }
    case "auth":
      return handleAuth(request, surroundings.now);
    default:
      return notAnOperation(request);
  }
}
