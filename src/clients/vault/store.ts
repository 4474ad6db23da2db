import type { RotationError } from "../../base/errors.ts";
import type { DefinedTags } from "../../base/place.ts";
import type { Secret } from "../../base/secret.ts";
import type { SecretSchedule } from "./schedule.ts";

/** OCI Vault's own words; `stages` on its wire. */
export type VersionStage = "CURRENT" | "PENDING" | "LATEST" | "PREVIOUS" | "DEPRECATED";

/** Free-form tags, by key. */
export type Tags = Readonly<Record<string, string>>;

/** A secret without its content. */
export interface SecretState {
  /** For `if-match`; null if the answer carried none. */
  readonly etag: string | null;
  /** ACTIVE, UPDATING, or another of OCI's lifecycle states. */
  readonly lifecycle: string;
  readonly currentVersionNo: number | null;
  readonly isReplica: boolean;
  /** Plain text; `orot` is the rotator's own key. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Null if they could not be read: then they are not to be replaced either. */
  readonly tags: Tags | null;
  /** Null if it could not be read. */
  readonly compartmentId: string | null;
  /** Empty if they could not be read. Never sent. */
  readonly definedTags: DefinedTags;
  /** Absent if it could not be read. */
  readonly schedule?: SecretSchedule | undefined;
}

export interface VersionSummary {
  readonly versionNo: number;
  readonly name: string | null;
  readonly versionStages: readonly VersionStage[];
  /** Milliseconds since the epoch, on OCI's clock. */
  readonly createdAt: number;
  /** True while a deletion is scheduled or done. */
  readonly isBeingDeleted: boolean;
}

export interface VersionList {
  /** Complete, the highest number first. */
  readonly versions: readonly VersionSummary[];
  /** When the list was answered: milliseconds since the epoch, on OCI's clock. */
  readonly asOf: number;
}

export interface StoredVersion {
  readonly versionNo: number;
  readonly versionStages: readonly VersionStage[];
  /** The version's content as UTF-8 text. */
  readonly content: Secret;
  /** Milliseconds since the epoch, on OCI's clock; null if Vault does not say. */
  readonly createdAt: number | null;
  /** When it was answered, on the same clock. */
  readonly asOf: number;
}

/**
 * How a write ended. `done`: Vault said so. `busy`: the secret is UPDATING. `race-lost`: `if-match` failed. `name-taken`: a version of that
 * name exists, perhaps our own from a lost answer. `unknown`: it may have landed. `refused`: it has not.
 */
export type Write =
  | { readonly outcome: "done" }
  | { readonly outcome: "busy" | "race-lost" | "name-taken" | "unknown" | "refused"; readonly error: RotationError };

/** What may be written on a secret besides its content, as plain text. */
export interface Annotations {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: Tags;
}

/** When a secret that may be UPDATING is worth the next look. */
export interface UpdatingWait {
  /** How long the look should be put off, in ms; 0: nothing is known to be under way. */
  nextLookMs(): number;
  /** Since the write, or since the first look that showed UPDATING; 0: nothing is known to be under way. */
  waitedMs(): number;
}

/**
 * What the pipeline sees of OCI Vault: one secret, for one invocation.
 *
 * Reads repeat themselves within the invocation's time and throw RotationError: VAULT_FORBIDDEN, SECRET_NOT_FOUND, VAULT_UNAVAILABLE.
 * Writes are sent once and never throw: the caller decides again from what Vault says then.
 */
export interface SecretStore {
  readonly updating: UpdatingWait;
  readSecret(): Promise<SecretState>;
  /** Null while Vault refuses to list because the secret is UPDATING. */
  listVersions(): Promise<VersionList | null>;
  readVersion(versionNo: number): Promise<StoredVersion>;
  /** The content of CURRENT, whatever its number. */
  readCurrentText(): Promise<Secret>;
  /** @param name unique among the secret's versions: `orot-<number>` */
  writeVersion(name: string, versionStage: "PENDING" | "CURRENT", content: Secret, etag: string | null): Promise<Write>;
  /** @param annotations replace what the secret has of them, in the same write */
  promote(versionNo: number, etag: string | null, annotations?: Annotations): Promise<Write>;
  /** Replaces the secret's metadata, all its free-form tags, or both at once; what is not given stays. */
  writeAnnotations(annotations: Annotations, etag: string | null): Promise<Write>;
  cancelVersionDeletion(versionNo: number, etag: string | null): Promise<Write>;
  /** @param at milliseconds since the epoch; at least a day ahead */
  scheduleVersionDeletion(versionNo: number, at: number, etag: string | null): Promise<Write>;
}
