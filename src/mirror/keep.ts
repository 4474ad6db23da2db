import { DAY_MS } from "../base/durations.ts";
import { RotationError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { OCI_STATES, shownCode } from "../base/server-codes.ts";
import type { SecretStore, VersionList, Write } from "../clients/vault/store.ts";
import { isOurs, versionName } from "../clients/vault/version-name.ts";
import { freeSlots } from "../clients/vault/version-slots.ts";
import { type MirrorCall, readWhenActive } from "./call.ts";
import type { StoredPart } from "./manifest.ts";

/** A value that must become CURRENT in the secret of this name. */
export interface Wanted {
  readonly secretName: string;
  readonly content: Secret;
  readonly description: string;
}

/** Checked before each write: throws if this call must not write any more. */
export type Guard = () => Promise<void>;

const RETRY_MS = 1_000;
/** Each turn reads again; more failed turns than this are an outage. */
const MAX_TURNS = 8;
/** Maximum number of times that a new secret is looked for. */
const MAX_LISTS = 10;
/** With this many free slots or fewer, old versions are scheduled for deletion before the next one is written. */
const FEW_SLOTS = 10;
/** Vault requires at least a day, counted from the arrival of the request. */
const BOUNDARY_MS = 3_600_000;

/** The secret of a name in the mirror's vault. */
async function find(call: MirrorCall, name: string): Promise<string | null> {
  const { compartmentId, vaultId } = call.settings;
  for await (const found of call.directory.secrets({ compartmentId, vaultId, name })) {
    if (found.lifecycle === "ACTIVE" || found.lifecycle === "UPDATING" || found.lifecycle === "CREATING") {
      return found.secretId;
    }
    if (found.lifecycle === "DELETED") continue;
    throw new RotationError(
      "SECRET_NOT_ROTATABLE",
      `the secret ${found.secretId} is ${shownCode(found.lifecycle, OCI_STATES, "in a state")}`,
      "cancel its deletion: the mirror writes its next set there",
    );
  }
  return null;
}

/** Finds the secret, or creates it with this content. The response to the creation is not trusted: the result is read back. */
export async function findOrCreate(call: MirrorCall, wanted: Wanted, guard: Guard): Promise<string> {
  const known = await find(call, wanted.secretName);
  if (known !== null) return known;
  await guard();
  const { compartmentId, vaultId, keyId } = call.settings;
  const { secretName: name, description, content } = wanted;
  const made = await call.contents.create({ name, description, compartmentId, vaultId, keyId, base64: content });
  // A list may lag behind.
  for (let tries = 0; tries < MAX_LISTS && call.budget.remaining() > RETRY_MS; tries++) {
    const found = await find(call, name);
    if (found !== null) return found;
    if (made.outcome !== "done") break;
    await call.clock.sleep(RETRY_MS);
  }
  throw made.outcome === "done"
    ? new RotationError("VAULT_UNAVAILABLE", "a new secret of the mirror is not listed")
    : made.error;
}

/**
 * Schedules the deletion of old versions that no set names, the oldest first. Best effort, to make room for later writes: a failure changes
 * nothing.
 * @param isNamed whether the set in force names the version
 */
async function tidy(
  call: MirrorCall,
  store: SecretStore,
  list: VersionList,
  isNamed: (versionNo: number) => boolean,
): Promise<void> {
  const { keepDeprecatedVersions, versionDeletionDays } = call.settings.core;
  const old = list.versions.filter(
    ({ versionNo, name, versionStages, isBeingDeleted }) =>
      !isBeingDeleted &&
      isOurs(name) &&
      versionStages.length === 1 &&
      versionStages[0] === "DEPRECATED" &&
      !isNamed(versionNo),
  );
  for (const { versionNo } of old.slice(keepDeprecatedVersions).reverse()) {
    const state = await readWhenActive(call, store);
    if (state === null) return;
    const at = list.asOf + versionDeletionDays * DAY_MS + BOUNDARY_MS;
    const scheduled = await store.scheduleVersionDeletion(versionNo, at, state.etag);
    if (scheduled.outcome !== "done") {
      call.log.warn("tidy-failed", { versionNo, reason: scheduled.error.code });
      return;
    }
  }
}

async function writeNext(
  call: MirrorCall,
  secretId: string,
  content: Secret,
  isNamed: (versionNo: number) => boolean,
  guard: Guard,
): Promise<Write> {
  const store = call.storeOf(secretId);
  const list = await store.listVersions();
  if (list === null)
    return { outcome: "busy", error: new RotationError("VAULT_UNAVAILABLE", "the secret stays UPDATING") };
  if (freeSlots(list) <= FEW_SLOTS) await tidy(call, store, list, isNamed);
  if (freeSlots(list) === 0) {
    const error = new RotationError("NO_VERSION_SLOTS", "a mirrored secret has no free version");
    return { outcome: "refused", error };
  }
  const state = await readWhenActive(call, store);
  if (state === null)
    return { outcome: "busy", error: new RotationError("VAULT_UNAVAILABLE", "the secret stays UPDATING") };
  // The guard runs between etag and write. A call that takes the turn after this changes the manifest's etag, and the write is refused.
  await guard();
  return call.contents.write(secretId, versionName(list, null, call.entropy), content, state.etag);
}

/**
 * Makes the value CURRENT in its secret, and returns the version that holds it. A version that already holds it is used
 * as it is. Nothing is written twice, and an interrupted call continues where it stopped.
 * @param known the place of the value in the set in force
 * @throws RotationError as Vault's reads do; the error of a write that Vault refused
 */
export async function keep(
  call: MirrorCall,
  wanted: Wanted,
  known: StoredPart | null,
  guard: Guard,
): Promise<StoredPart> {
  const { secretName, content } = wanted;
  if (known !== null) {
    const seen = await call.contents.read(known.secretId);
    if (seen?.versionNo === known.versionNo && seen.base64.equals(content)) return known;
  }
  const secretId = await findOrCreate(call, wanted, guard);
  const store = call.storeOf(secretId);
  const isNamed = (versionNo: number) => known?.secretId === secretId && known.versionNo === versionNo;
  let last = new RotationError("VAULT_UNAVAILABLE", `the secret ${secretId} did not become ACTIVE`);
  for (let turn = 0; turn < MAX_TURNS && call.budget.remaining() > RETRY_MS; turn++) {
    const state = await readWhenActive(call, store);
    if (state === null) break;
    // CURRENT by its number, since the data plane's CURRENT may lag behind.
    const { currentVersionNo } = state;
    if (currentVersionNo !== null) {
      const seen = await call.contents.readVersion(secretId, currentVersionNo);
      if (seen.base64.equals(content)) return { secretName, secretId, versionNo: currentVersionNo };
    }
    const written = await writeNext(call, secretId, content, isNamed, guard);
    if (written.outcome === "refused") throw written.error;
    if (written.outcome !== "done") {
      last = written.error;
      await call.clock.sleep(RETRY_MS);
    }
  }
  throw last;
}
