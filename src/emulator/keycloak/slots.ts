import type { Switches } from "../core/switches.ts";
import { own } from "../core/wire.ts";
import { type RotationPeriods, timeOf } from "./policy.ts";
import { attribute, type StoredKeycloakClient } from "./state.ts";

type Vault = Readonly<Record<string, string>>;

const inSeconds = (now: number) => Math.floor(now / 1000);

/** An expired primary: Keycloak then refuses both slots, and only an update or a new secret helps. */
export function isExpired(client: StoredKeycloakClient, now: number): boolean {
  const expires = timeOf(client, attribute.expires);
  return expires > 0 && expires < inSeconds(now);
}

/** The rotated slot's value, expired or not. */
export function rotatedSecret(client: StoredKeycloakClient): string | undefined {
  const value = client.attributes[attribute.rotated];
  return value === undefined || value === "" || timeOf(client, attribute.rotatedCreated) === 0 ? undefined : value;
}

/** What a value stands for: `${vault.name}` for that entry of the realm's vault. Without such an entry, it is the value itself. */
function resolved(value: string, vault: Vault): string {
  return own(vault, /^\$\{vault\.(.+?)\}$/.exec(value)?.[1]) ?? value;
}

function acceptedValues(client: StoredKeycloakClient, now: number, vault: Vault = {}): string[] {
  if (isExpired(client, now)) return [];
  const rotated = rotatedSecret(client);
  const isAlive = rotated !== undefined && timeOf(client, attribute.rotatedExpires) >= inSeconds(now);
  return [client.secret, ...(isAlive ? [rotated] : [])]
    .filter((value) => value !== "")
    .map((value) => resolved(value, vault));
}

/** Whether the realm, with all nodes up to date, accepts `value`. Changes nothing. */
export function acceptsSecret(client: StoredKeycloakClient, value: string, now: number, vault: Vault): boolean {
  return acceptedValues(client, now, vault).includes(value);
}

/** A login as a client sees it: stale nodes may refuse a new secret, or accept one that has lost its slot. */
export function logIn(client: StoredKeycloakClient, value: string, now: number, vault: Vault): boolean {
  if (client.lingering.some((entry) => entry.value === value && now < entry.until)) return true;
  if (!acceptsSecret(client, value, now, vault)) return false;
  const { late } = client;
  if (late !== null && late.value === value && now < late.acceptedFrom) return false;
  if (late !== null && late.value === value && late.refusalsLeft > 0) {
    late.refusalsLeft -= 1;
    return false;
  }
  client.firstLogin ??= value;
  return true;
}

/** Changes a client's secrets; the switches say when the nodes learn of it. */
export function changeSecrets(client: StoredKeycloakClient, now: number, switches: Switches, change: () => void): void {
  const before = acceptedValues(client, now);
  const primary = client.secret;
  change();
  const after = acceptedValues(client, now);
  const dies = switches["old-secret-dies"];
  client.lingering = client.lingering.filter((entry) => now < entry.until);
  if (dies !== "at-once") {
    const lost = before.filter((value) => !after.includes(value));
    client.lingering.push(...lost.map((value) => ({ value, until: now + dies })));
  }
  if (client.secret !== primary) {
    client.serial += 1;
    client.late = {
      value: client.secret,
      acceptedFrom: now + switches["new-secret-late-ms"],
      refusalsLeft: switches["new-secret-late-refusals"],
    };
  }
}

/** What POST `client-secret` does: with a policy the old primary moves to the rotated slot, without one both slots are lost. */
export function regenerateSecret(
  client: StoredKeycloakClient,
  made: string,
  rotation: RotationPeriods | null,
  now: number,
): void {
  if (rotation === null) {
    clearRotation(client);
  } else {
    moveToRotated(client, client.secret, rotation, now);
    stampExpiry(client, rotation, now);
  }
  client.secret = made;
  client.attributes[attribute.created] = String(inSeconds(now));
  client.mints += 1;
}

/** Sets the primary's expiry as a policy does at the first update that it sees. */
export function stampExpiry(client: StoredKeycloakClient, rotation: RotationPeriods, now: number): void {
  client.attributes[attribute.expires] = String(inSeconds(now) + rotation.expiration);
}

export function hasExpiry(client: StoredKeycloakClient): boolean {
  return timeOf(client, attribute.expires) > 0;
}

/** Whether dynamic registration rotates: the last `remaining` seconds before the expiry have begun. */
export function isDue(client: StoredKeycloakClient, rotation: RotationPeriods, now: number): boolean {
  return inSeconds(now) >= timeOf(client, attribute.expires) - rotation.remaining;
}

/** Clears the rotated slot and every expiry. */
export function clearRotation(client: StoredKeycloakClient): void {
  clearRotated(client);
  delete client.attributes[attribute.expires];
  delete client.attributes[attribute.remaining];
}

export function clearRotated(client: StoredKeycloakClient): void {
  delete client.attributes[attribute.rotated];
  delete client.attributes[attribute.rotatedCreated];
  delete client.attributes[attribute.rotatedExpires];
}

function moveToRotated(client: StoredKeycloakClient, value: string, rotation: RotationPeriods, now: number): void {
  if (rotation.rotated <= 0) {
    clearRotated(client);
    return;
  }
  client.attributes[attribute.rotated] = value;
  client.attributes[attribute.rotatedCreated] = String(inSeconds(now));
  client.attributes[attribute.rotatedExpires] = String(inSeconds(now) + rotation.rotated);
}
