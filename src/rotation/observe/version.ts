import { RotationError } from "../../base/errors.ts";
import { isPassing, requireWritable } from "../../clients/vault/lifecycle.ts";
import type { SecretState, StoredVersion } from "../../clients/vault/store.ts";
import { dropVerdicts } from "../attempt/attempt.ts";
import { keepState } from "../attempt/read.ts";
import type { Context } from "../context.ts";
import type { PromoteState } from "../decide/steps.ts";
import type { Rotation } from "../rotation.ts";
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

async function readFirst(rotation: Rotation, version: StoredVersion): Promise<void> {
  const { attempt } = rotation;
  if (!attempt.read.contents.has(version.versionNo)) await understand(rotation, version);
}

/**
 * Reads the secret and one of its versions, and drops the verdicts of the last look.
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE; CLIENT_NOT_BOUND
 */
export async function observeVersion(rotation: Rotation, versionNo: number): Promise<VersionSnapshot> {
  const { context, attempt } = rotation;
  dropVerdicts(attempt);
  const state = await context.clients.vault.readSecret();
  requireWritable(state);
  keepState(attempt.read, state);
  notePlace(rotation, state);
  const version = await readVersion(context, versionNo);
  attempt.read.lookedAt = context.clock.monotonic();
  const createdAt = version?.createdAt ?? null;
  attempt.read.named = version === null || createdAt === null ? null : { createdAt, asOf: version.asOf };
  const currentNo = version?.versionStages.includes("CURRENT") ? versionNo : await currentNoOf(context, state);
  // CURRENT decides the client, so its content comes first. A version that was just read is not read again.
  if (currentNo === null) throw new RotationError("VAULT_UNAVAILABLE", "Vault does not say which version is CURRENT");
  if (version !== null && currentNo === versionNo) await readFirst(rotation, version);
  await settleClient(rotation, { versionNo: currentNo });
  await requireBound(rotation);
  if (version !== null) await readFirst(rotation, version);
  return { isUpdating: isPassing(state), currentNo: state.currentVersionNo, versionNo, version };
}

export function promoteStateOf(rotation: Rotation, seen: VersionSnapshot): PromoteState {
  const { attempt } = rotation;
  const { version, versionNo, isUpdating } = seen;
  const target =
    version === null
      ? null
      : {
          versionNo,
          verdict: verdictOn(rotation, version, version.asOf),
          versionStages: version.versionStages,
          isCredential: attempt.read.contents.get(versionNo)?.kind === "credential",
        };
  return { isUpdating, versionNo, target };
}
