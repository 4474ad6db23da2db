import type { Switches } from "../core/switches.ts";
import type { StoredSecret } from "./state.ts";

function isBetween(secret: StoredSecret): boolean {
  return secret.lifecycle === "UPDATING" || secret.lifecycle === "CREATING";
}

/** Applies what is due: UPDATING and CREATING end, and versions whose deletion time has come are deleted. */
export function settle(secret: StoredSecret, now: number, switches: Switches): void {
  if (isBetween(secret) && now >= secret.updatingUntil && secret.updatingPolls <= 0) {
    secret.lifecycle = "ACTIVE";
    if (switches["etag-on-active"] === "changes") {
      secret.etag += 1;
    }
  }
  for (const version of secret.versions) {
    if (version.deletionAt !== null && version.deletionAt <= now && !version.deleted) {
      version.deleted = true;
      secret.etag += 1;
    }
  }
}

/**
 * Counts a request that saw the secret UPDATING. A refused write counts too, so that a caller which only retries its write makes progress.
 */
export function seenUpdating(secret: StoredSecret): void {
  if (isBetween(secret)) {
    secret.updatingPolls -= 1;
  }
}

/** Wraps a change: the etag changes, and a lagging data plane keeps the previous state. */
export function changing(
  secret: StoredSecret,
  now: number,
  switches: Switches,
  updating: boolean,
  change: () => void,
): void {
  const lag = switches["data-plane-lag-ms"];
  if (lag > 0 && secret.views.length === 0) {
    secret.views.push({ visibleFrom: 0, stages: stagesOf(secret) });
  }
  change();
  secret.etag += 1;
  if (lag > 0) {
    secret.views.push({ visibleFrom: now + lag, stages: stagesOf(secret) });
  } else {
    secret.views = [];
  }
  if (updating && (switches["updating-ms"] > 0 || switches["updating-polls"] > 0)) {
    secret.lifecycle = "UPDATING";
    secret.updatingUntil = now + switches["updating-ms"];
    secret.updatingPolls = switches["updating-polls"];
  }
}

function stagesOf(secret: StoredSecret) {
  return secret.versions
    .filter((version) => !version.deleted)
    .map((version) => [version.number, version.stage] as const);
}

export function etagOf(secret: StoredSecret): string {
  return `"e${secret.etag}"`;
}
