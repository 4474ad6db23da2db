import type { VersionList } from "./store.ts";

/** Versions in active use that a secret may have (Source: OCI Vault service limits). */
export const VERSION_LIMIT = 30;
/** With fewer the next rotations might find no room. */
export const COMFORTABLE_SLOTS = 6;

export function freeSlots(list: VersionList): number {
  return VERSION_LIMIT - list.versions.filter((version) => !version.isBeingDeleted).length;
}
