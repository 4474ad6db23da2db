import type { Surroundings } from "../core/surroundings.ts";
import { type EmulatedRequest, own } from "../core/wire.ts";
import type { FinePermission, StoredKeycloakClient } from "./state.ts";
import { bearerOf } from "./wire.ts";

/** A calling service account, and its rights in the realm that the path names. */
export interface KeycloakCaller {
  readonly roles: readonly string[];
  /** Where it has any role. */
  readonly realms: readonly string[];
  /** Has a role in any realm. */
  readonly isAdministrator: boolean;
  mayView(client: StoredKeycloakClient): boolean;
  mayConfigure(client: StoredKeycloakClient): boolean;
}

/** The caller of a live bearer token, whichever realm issued it. */
export function callerOf(
  request: EmulatedRequest,
  realmName: string,
  surroundings: Surroundings,
): KeycloakCaller | undefined {
  const client = bearerClient(bearerOf(request.headers["authorization"]), surroundings);
  if (client === undefined) return undefined;
  const roles = own(client.roles, realmName) ?? [];
  const has = (permission: FinePermission, about: StoredKeycloakClient) =>
    own(client.permissions, about.uuid)?.includes(permission) ?? false;
  return {
    roles,
    realms: Object.entries(client.roles)
      .flatMap(([realm, some]) => (some.length > 0 ? [realm] : []))
      .toSorted(),
    isAdministrator: Object.values(client.roles).some((some) => some.length > 0),
    mayView: (about) => ["view-clients", "manage-clients"].some((role) => roles.includes(role)) || has("view", about),
    mayConfigure: (about) => roles.includes("manage-clients") || has("manage", about),
  };
}

/** Whether the caller can tell unknown clients from forbidden ones, and may search for clients. */
export function mayList(caller: KeycloakCaller): boolean {
  return ["view-clients", "manage-clients", "query-clients"].some((role) => caller.roles.includes(role));
}

function bearerClient(
  token: string | undefined,
  { state, now, switches }: Surroundings,
): StoredKeycloakClient | undefined {
  for (const realm of Object.values(state.keycloak.realms)) {
    const held = own(realm.tokens, token);
    const client = held && own(realm.clients, held.uuid);
    if (held === undefined || client === undefined || now >= held.expiresAt || !client.enabled) continue;
    return switches["old-tokens"] === "die" && held.serial !== client.serial ? undefined : client;
  }
  return undefined;
}
