import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { SecretStore, VersionList } from "../../clients/vault/store.ts";

/** Reads the client secret in a version's text. Throws RotationError for text that is none. */
export type ReadValue = (text: Secret) => Secret;

/** Null: not to be read, or not a client's. */
async function valueIn(
  store: Pick<SecretStore, "readVersion">,
  versionNo: number,
  read: ReadValue,
): Promise<Secret | null> {
  try {
    return read((await store.readVersion(versionNo)).content);
  } catch (thrown) {
    if (thrown instanceof RotationError && thrown.code !== "VAULT_UNAVAILABLE") return null;
    throw thrown;
  }
}

/**
 * When the value in CURRENT was first stored, in milliseconds since the epoch; null: there is no CURRENT. A copy in a newer version, a claim
 * that became CURRENT, or a promotion by rollback does not make a value younger. The list alone decides if contents may not be read.
 * @param madeBy only whether it is this old matters: younger versions are not read, and nothing is read if CURRENT is this old itself
 */
export async function valueMadeAt(
  store: Pick<SecretStore, "readVersion">,
  { versions }: VersionList,
  read: ReadValue,
  madeBy: number,
): Promise<number | null> {
  const current = versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
  if (current === undefined) return null;
  if (current.createdAt <= madeBy) return current.createdAt;
  const older = versions.filter(({ createdAt, isBeingDeleted }) => createdAt <= madeBy && !isBeingDeleted);
  const value = older.length === 0 ? null : await valueIn(store, current.versionNo, read);
  if (value === null) return current.createdAt;
  for (const { versionNo, createdAt } of older.toReversed()) {
    if ((await valueIn(store, versionNo, read))?.equals(value) === true) return createdAt;
  }
  return current.createdAt;
}
