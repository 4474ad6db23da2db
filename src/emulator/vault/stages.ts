import type { StoredSecret, StoredStage, StoredVersion } from "./state.ts";

/**
 * Appends a version. A new CURRENT moves the old CURRENT to PREVIOUS and the old PREVIOUS to DEPRECATED. A new PENDING moves the older
 * PENDING to DEPRECATED, unless `keepPending`.
 */
export function addVersion(
  secret: StoredSecret,
  version: { name: string | null; content: string; stage: "CURRENT" | "PENDING"; now: number; keepPending: boolean },
): StoredVersion {
  if (version.stage === "CURRENT") {
    retireCurrent(secret);
  } else if (!version.keepPending) {
    move(secret, "PENDING", "DEPRECATED");
  }
  const added: StoredVersion = {
    number: secret.versions.length + 1,
    name: version.name,
    content: version.content,
    createdAt: version.now,
    stage: version.stage,
    deletionAt: null,
    deleted: false,
  };
  secret.versions.push(added);
  return added;
}

/** Makes `version` CURRENT; it loses its former version stage. */
export function promote(secret: StoredSecret, version: StoredVersion): void {
  if (version.stage === "CURRENT") return;
  // Removed first, so that a promoted PREVIOUS is not deprecated on the way.
  version.stage = "DEPRECATED";
  retireCurrent(secret);
  version.stage = "CURRENT";
}

function retireCurrent(secret: StoredSecret): void {
  move(secret, "PREVIOUS", "DEPRECATED");
  move(secret, "CURRENT", "PREVIOUS");
}

function move(secret: StoredSecret, from: StoredStage, to: StoredStage): void {
  for (const version of secret.versions) {
    if (version.stage === from) {
      version.stage = to;
    }
  }
}
