import { RotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { StoredVersion } from "../vault/store.ts";
import { understand } from "./contents.ts";
import type { PromoteView } from "./decide-steps.ts";
import type { Memory } from "./memory.ts";
import { isPassing, requireWritable, verdictOn } from "./observe.ts";

/** What Vault says now of the one version that is to be promoted. */
export interface VersionObservation {
  readonly isUpdating: boolean;
  readonly currentNo: number | null;
  readonly versionNo: number;
  /** Null where the secret has no version of that number. */
  readonly version: StoredVersion | null;
}

async function readVersion({ store }: Invocation, versionNo: number): Promise<StoredVersion | null> {
  try {
    return await store.readVersion(versionNo);
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code !== "SECRET_NOT_FOUND") throw thrown;
    // Vault answers 404 for a version that does not exist and for one that we may not read; the list tells them apart.
    const list = await store.listVersions();
    if (list?.versions.some((version) => version.versionNo === versionNo)) throw thrown;
    return null;
  }
}

/**
 * Looks at the secret and at one of its versions, and forgets the verdicts of the last look.
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE
 */
export async function observeVersion(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
): Promise<VersionObservation> {
  memory.logins.clear();
  const state = await invocation.store.readSecret();
  requireWritable(state);
  memory.etag = state.etag;
  memory.metadata = state.metadata;
  const version = await readVersion(invocation, versionNo);
  if (version !== null && !memory.contents.has(versionNo)) understand(invocation, memory, version);
  return { isUpdating: isPassing(state), currentNo: state.currentVersionNo, versionNo, version };
}

export function promoteViewOf(invocation: Invocation, memory: Memory, seen: VersionObservation): PromoteView {
  const { version, versionNo, isUpdating } = seen;
  const target =
    version === null
      ? null
      : {
          versionNo,
          verdict: verdictOn(invocation, memory, version, version.asOf),
          versionStages: version.versionStages,
          isCredential: memory.contents.get(versionNo)?.kind === "credential",
        };
  return { isUpdating, versionNo, target };
}
