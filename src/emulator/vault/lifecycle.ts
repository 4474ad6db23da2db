import type { Switches } from "../core/switches.ts";
import type { Lifecycle, StoredSecret } from "./state.ts";

/** What follows the states that pass by themselves. */
const NEXT: Partial<Record<Lifecycle, Lifecycle>> = {
  CREATING: "ACTIVE",
  UPDATING: "ACTIVE",
  SCHEDULING_DELETION: "PENDING_DELETION",
  CANCELLING_DELETION: "ACTIVE",
};

/** Applies what is due: UPDATING and its like end, and secrets and versions whose deletion time has come are deleted. */
export function settle(secret: StoredSecret, now: number, switches: Switches): void {
  const next = NEXT[secret.lifecycle];
  if (next !== undefined && now >= secret.updatingUntil && secret.updatingPolls <= 0) {
    secret.lifecycle = next;
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
  if (secret.deletionAt !== undefined && secret.deletionAt <= now && secret.lifecycle !== "DELETED") {
    secret.lifecycle = "DELETED";
    secret.etag += 1;
  }
}

/**
 * Counts a request that saw the secret UPDATING. A refused write counts too, so that a caller which only retries its write makes progress.
 */
export function seenUpdating(secret: StoredSecret): void {
  if (NEXT[secret.lifecycle] !== undefined) {
    secret.updatingPolls -= 1;
  }
}

/** Wraps a change: the etag changes, a state that passes by itself begins, and a lagging data plane keeps the previous state. */
export function changing(
  secret: StoredSecret,
  now: number,
  switches: Switches,
  passing: "UPDATING" | "SCHEDULING_DELETION" | "CANCELLING_DELETION" | false,
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
  if (passing !== false) {
    pass(secret, passing, now, switches);
  }
}

/** Begins a state that passes by itself; where the switches let it take no time and no request, it has passed already. */
export function pass(secret: StoredSecret, lifecycle: Lifecycle, now: number, switches: Switches): void {
  const isNoticed = switches["updating-ms"] > 0 || switches["updating-polls"] > 0;
  secret.lifecycle = isNoticed ? lifecycle : (NEXT[lifecycle] ?? lifecycle);
  secret.updatingUntil = now + switches["updating-ms"];
  secret.updatingPolls = switches["updating-polls"];
}

function stagesOf(secret: StoredSecret) {
  return secret.versions
    .filter((version) => !version.deleted)
    .map((version) => [version.number, version.stage] as const);
}

export function etagOf(secret: StoredSecret): string {
  return `"e${secret.etag}"`;
}
