import type { Switches } from "../core/switches.ts";
import { asText, isObject, type JsonObject } from "../core/wire.ts";
import type { attribute, RealmState, StoredKeycloakClient } from "./state.ts";

/** Executors and conditions that a realm takes here; Keycloak has more, which have nothing to do with secrets. */
export const ROTATION_EXECUTOR = "secret-rotation";
export const KEEP_TOKEN_EXECUTOR = "registration-access-token-rotation-disabled";
export const CONDITIONS = ["any-client", "client-access-type", "client-roles"];

/** The configuration of the executor `secret-rotation`, in seconds. */
export interface RotationPeriods {
  readonly expiration: number;
  readonly rotated: number;
  readonly remaining: number;
}

export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Whole seconds: the admin console stores them as text. */
function seconds(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
}

export function periodsOf(configuration: unknown): RotationPeriods {
  const given = isObject(configuration) ? configuration : {};
  return {
    expiration: seconds(given["expiration-period"]),
    rotated: seconds(given["rotated-expiration-period"]),
    remaining: seconds(given["remaining-rotation-period"]),
  };
}

/** The executors that the realm's policies apply to a client. */
function executorsFor(realm: RealmState, client: StoredKeycloakClient): JsonObject[] {
  const effective = realm.policies.filter((policy) => {
    const conditions = objects(policy["conditions"]);
    return policy["enabled"] === true && conditions.length > 0 && conditions.every((one) => holds(one, client));
  });
  const names = effective.flatMap((policy) => texts(policy["profiles"]));
  return names.flatMap((name) =>
    realm.profiles.filter((profile) => profile["name"] === name).flatMap((profile) => objects(profile["executors"])),
  );
}

function holds(condition: JsonObject, client: StoredKeycloakClient): boolean {
  const configuration = isObject(condition["configuration"]) ? condition["configuration"] : {};
  const type = client.publicClient ? "public" : "confidential";
  const answers: Record<string, boolean> = {
    "any-client": true,
    "client-access-type": texts(configuration["type"]).includes(type),
    "client-roles": texts(configuration["roles"]).some((role) => client.ownRoles.includes(role)),
  };
  return answers[asText(condition["condition"]) ?? ""] !== (configuration["is-negative-logic"] === true);
}

/** The rotation that a policy prescribes for a client; null if none does, or the server runs without the feature. */
export function rotationFor(
  realm: RealmState,
  client: StoredKeycloakClient,
  switches: Switches,
): RotationPeriods | null {
  if (switches["keycloak-rotation"] === "off" || client.publicClient) return null;
  const found = executorsFor(realm, client).find((one) => one["executor"] === ROTATION_EXECUTOR);
  return found === undefined ? null : periodsOf(found["configuration"]);
}

/** A policy still names the executor, but the server runs without the feature: running the policies ends in an exception. */
export function failsInPolicies(realm: RealmState, client: StoredKeycloakClient, switches: Switches): boolean {
  return (
    switches["keycloak-rotation"] === "off" &&
    executorsFor(realm, client).some((one) => one["executor"] === ROTATION_EXECUTOR)
  );
}

/** Whether an update by dynamic registration leaves the registration access token as it is. */
export function keepsRegistrationToken(realm: RealmState, client: StoredKeycloakClient): boolean {
  return executorsFor(realm, client).some((one) => one["executor"] === KEEP_TOKEN_EXECUTOR);
}

/** A time among a client's attributes, in seconds; 0 if it has none. */
export function timeOf(client: StoredKeycloakClient, name: (typeof attribute)[keyof typeof attribute]): number {
  return Number(client.attributes[name] ?? 0) || 0;
}
