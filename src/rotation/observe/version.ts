import { RotationError } from "../../base/errors.ts";
import { isPassing, requireWritable } from "../../clients/vault/lifecycle.ts";
import type { SecretState, StoredVersion } from "../../clients/vault/store.ts";
import type { PromoteView } from "../decide/steps.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { notePlace, requireBound } from "./binding.ts";
import { settleClient, understand } from "./contents.ts";
import { verdictOn } from "./observe.ts";

/** What Vault says now of the one version that is to be promoted. */
export interface VersionObservation {
  readonly isUpdating: boolean;
  readonly currentNo: number | null;
  readonly versionNo: number;
  /** Null where the secret has no version of that number. */
  readonly version: StoredVersion | null;
}

async function readVersion({ clients: { vault } }: Invocation, versionNo: number): Promise<StoredVersion | null> {
  try {
    return await vault.readVersion(versionNo);
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code !== "SECRET_NOT_FOUND") throw thrown;
    // Vault answers 404 for a version that does not exist and for one that we may not read; the list tells them apart.
    const list = await vault.listVersions();
    if (list?.versions.some((version) => version.versionNo === versionNo)) throw thrown;
    return null;
  }
}

/** Vault need not say it with the secret itself. */
async function currentNoOf(
  { clients: { vault } }: Invocation,
  { currentVersionNo }: SecretState,
): Promise<number | null> {
  if (currentVersionNo !== null) return currentVersionNo;
  const list = await vault.listVersions();
  return list?.versions.find(({ versionStages }) => versionStages.includes("CURRENT"))?.versionNo ?? null;
}

async function readFirst(invocation: Invocation, memory: Memory, version: StoredVersion): Promise<void> {
  if (!memory.contents.has(version.versionNo)) await understand(invocation, memory, version);
}

/**
 * Looks at the secret and at one of its versions, and forgets the verdicts of the last look.
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE; CLIENT_NOT_BOUND
 */
export async function observeVersion(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
): Promise<VersionObservation> {
  memory.logins.clear();
  const state = await invocation.clients.vault.readSecret();
  requireWritable(state);
  memory.etag = state.etag;
  memory.metadata = state.metadata;
  memory.tags = state.tags;
  notePlace(invocation, memory, state);
  const version = await readVersion(invocation, versionNo);
  memory.lookedAt = invocation.clock.monotonic();
  const currentNo = version?.versionStages.includes("CURRENT") ? versionNo : await currentNoOf(invocation, state);
  // By CURRENT is settled whose version it may be; what was just read is not read again for it.
  if (currentNo === null) throw new RotationError("VAULT_UNAVAILABLE", "Vault does not say which version is CURRENT");
  if (version !== null && currentNo === versionNo) await readFirst(invocation, memory, version);
  await settleClient(invocation, memory, { versionNo: currentNo });
  await requireBound(invocation, memory);
  if (version !== null) await readFirst(invocation, memory, version);
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
