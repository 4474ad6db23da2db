import { type CesState, createCes } from "../ces/state.ts";
import { createEdfiCms, type EdfiCmsState } from "../edfi-cms/state.ts";
import type { FunctionsState } from "../functions/state.ts";
import { createDomain, DEFAULT_DOMAIN, type IdentityState } from "../identity/state.ts";
import type { KeycloakState } from "../keycloak/state.ts";
import { createUaaState, type UaaState } from "../uaa/state.ts";
import type { VaultState } from "../vault/state.ts";
import type { WorkRequestState } from "../vault/work-requests.ts";
import { addCompartment, addVault, createPlaces, type PlacesState } from "./places.ts";
import type { ReceiversState } from "./receivers.ts";
import type { RetriesState } from "./retries.ts";
import type { StoredMetrics } from "./stored-metrics.ts";
import type { StoredTopic } from "./stored-topic.ts";
import type { EmulatedRequest } from "./wire.ts";

/** A request that was sent and has not taken effect yet. */
export interface LateRequest {
  readonly due: number;
  readonly request: EmulatedRequest;
}

/** The whole state of the emulated systems, as plain data that survives JSON. */
export interface EmulatorState {
  vault: VaultState;
  identity: IdentityState;
  keycloak: KeycloakState;
  uaa: UaaState;
  edfiCms: EdfiCmsState;
  ces: CesState;
  workRequests: WorkRequestState;
  functions: FunctionsState;
  topics: Record<string, StoredTopic>;
  /** What was posted to Monitoring, the oldest first. */
  metrics: StoredMetrics[];
  places: PlacesState;
  /** What the receivers of notifications got. */
  received: ReceiversState;
  /** Answers that a repetition of their request gets again. */
  retries: RetriesState;
  /** Requests that have not taken effect yet, by due time. */
  late: LateRequest[];
}

export function createState(): EmulatorState {
  return {
    vault: { secrets: {} },
    identity: { domains: { [DEFAULT_DOMAIN]: createDomain() } },
    keycloak: { realms: {} },
    uaa: createUaaState(),
    edfiCms: createEdfiCms(),
    ces: createCes(),
    workRequests: { requests: {}, made: 0 },
    functions: { functions: {}, applications: {} },
    topics: {},
    metrics: [],
    places: createPlaces(),
    received: { webhooks: [], topics: [] },
    retries: {},
    late: [],
  };
}

/** Adds what an earlier edition did not keep: what the secrets and functions of its state lie in. */
export function upgradeState(saved: EmulatorState): EmulatorState {
  const { vault, functions, places } = saved;
  functions.applications ??= {};
  for (const { applicationId: id, compartmentId } of Object.values(functions.functions)) {
    functions.applications[id] ??= { id, displayName: "rotation", compartmentId };
    addCompartment(places, compartmentId);
  }
  for (const { compartmentId, vaultId, keyId } of Object.values(vault.secrets)) {
    addCompartment(places, compartmentId);
    addVault(places, vaultId, keyId);
  }
  return saved;
}
