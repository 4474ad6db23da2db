import { RotationError } from "../../base/errors.ts";
import { isPassing, requireWritable } from "../../clients/vault/lifecycle.ts";
import type { SecretState, StoredVersion } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import type { PromoteState } from "../decide/steps.ts";
import { notePlace, requireBound } from "./binding.ts";
import { settleClient, understand } from "./contents.ts";
import { verdictOn } from "./observe.ts";

/** What Vault says now about the one version that is to be promoted. */
export interface VersionSnapshot {
  readonly isUpdating: boolean;
  readonly currentNo: number | null;
  readonly versionNo: number;
  /** Null if the secret has no version of that number. */
  readonly version: StoredVersion | null;
}

async function readVersion({ clients: { vault } }: Context, versionNo: number): Promise<StoredVersion | null> {
  try {
    return await vault.readVersion(versionNo);
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code !== "SECRET_NOT_FOUND") throw thrown;
    // Vault answers 404 for a missing version and for one that we may not read. The list tells them apart.
    const list = await vault.listVersions();
    if (list?.versions.some((version) => version.versionNo === versionNo)) throw thrown;
    return null;
  }
}

/** Vault may omit the number in the secret. */
async function currentNoOf({ clients: { vault } }: Context, { currentVersionNo }: SecretState): Promise<number | null> {
  if (currentVersionNo !== null) return currentVersionNo;
  const list = await vault.listVersions();
  return list?.versions.find(({ versionStages }) => versionStages.includes("CURRENT"))?.versionNo ?? null;
}

async function readFirst(context: Context, attempt: Attempt, version: StoredVersion): Promise<void> {
  if (!attempt.contents.has(version.versionNo)) await understand(context, attempt, version);
}

/**
 * Reads the secret and one of its versions, and drops the verdicts of the last look.
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE; CLIENT_NOT_BOUND
 */
export async function observeVersion(context: Context, attempt: Attempt, versionNo: number): Promise<VersionSnapshot> {
  attempt.logins.clear();
  const state = await context.clients.vault.readSecret();
  requireWritable(state);
  attempt.etag = state.etag;
  attempt.metadata = state.metadata;
  attempt.tags = state.tags;
  notePlace(context, attempt, state);
  const version = await readVersion(context, versionNo);
  attempt.lookedAt = context.clock.monotonic();
  const currentNo = version?.versionStages.includes("CURRENT") ? versionNo : await currentNoOf(context, state);
  // CURRENT decides the client, so its content comes first. A version that was just read is not read again.
  if (currentNo === null) throw new RotationError("VAULT_UNAVAILABLE", "Vault does not say which version is CURRENT");
  if (version !== null && currentNo === versionNo) await readFirst(context, attempt, version);
  await settleClient(context, attempt, { versionNo: currentNo });
  await requireBound(context, attempt);
  if (version !== null) await readFirst(context, attempt, version);
  return { isUpdating: isPassing(state), currentNo: state.currentVersionNo, versionNo, version };
}

export function promoteStateOf(context: Context, attempt: Attempt, seen: VersionSnapshot): PromoteState {
  const { version, versionNo, isUpdating } = seen;
  const target =
    version === null
      ? null
      : {
          versionNo,
          verdict: verdictOn(context, attempt, version, version.asOf),
          versionStages: version.versionStages,
          isCredential: attempt.contents.get(versionNo)?.kind === "credential",
        };
  return { isUpdating, versionNo, target };
}
