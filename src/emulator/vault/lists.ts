import { page } from "../core/page.ts";
import { knowsCompartment } from "../core/places.ts";
import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, notAuthorizedOrNotFound, ociError } from "../core/wire.ts";
import { settle } from "./lifecycle.ts";
import { secretSummary, versionModel } from "./models.ts";
import type { StoredSecret } from "./state.ts";

/** ListSecretVersions, the newest first unless asked otherwise. */
export function listVersions(request: EmulatedRequest, secret: StoredSecret, switches: Switches): EmulatedResponse {
  const there = secret.versions.filter((version) => !version.deleted);
  const sorted = request.query["sortOrder"] === "ASC" ? there : there.reverse();
  return page(sorted, request.query, switches, (version) => versionModel(secret, version, "timeOfExpiry"));
}

/** ListSecrets. */
export function listSecrets(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { state, now, switches } = surroundings;
  const { compartmentId, name, vaultId, lifecycleState, sortBy, sortOrder } = request.query;
  if (compartmentId === undefined) return ociError(400, "MissingParameter", "compartmentId is required.");
  if (!knowsCompartment(surroundings, compartmentId)) return notAuthorizedOrNotFound();
  const { secrets } = state.vault;
  for (const secret of Object.values(secrets)) {
    settle(secret, now, switches);
  }
  const found = Object.values(secrets).filter(
    (secret) =>
      secret.compartmentId === compartmentId &&
      (name === undefined || secret.name === name) &&
      (vaultId === undefined || secret.vaultId === vaultId) &&
      (lifecycleState === undefined || secret.lifecycle === lifecycleState),
  );
  const byName = sortBy === "NAME";
  found.sort((a, b) => (byName ? (a.name < b.name ? -1 : 1) : a.createdAt - b.createdAt));
  // Names ascend by default, times descend (API reference, ListSecrets).
  if (sortOrder === "DESC" || (sortOrder === undefined && !byName)) {
    found.reverse();
  }
  return page(found, request.query, switches, secretSummary);
}
