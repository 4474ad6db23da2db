import type { JsonObject } from "../core/wire.ts";

/** The version stages that are stored. LATEST is not: it is the highest number. */
export type StoredStage = "CURRENT" | "PENDING" | "PREVIOUS" | "DEPRECATED";
export type VersionStage = StoredStage | "LATEST";

export type Lifecycle =
  | "CREATING"
  | "ACTIVE"
  | "UPDATING"
  | "DELETING"
  | "DELETED"
  | "SCHEDULING_DELETION"
  | "PENDING_DELETION"
  | "CANCELLING_DELETION"
  | "FAILED";

export interface StoredVersion {
  readonly number: number;
  readonly name: string | null;
  /** Base64, as sent. */
  readonly content: string;
  readonly createdAt: number;
  stage: StoredStage;
  deletionAt: number | null;
  deleted: boolean;
}

/** What a lagging data plane shows from a time on. */
export interface BundleView {
  readonly visibleFrom: number;
  readonly stages: readonly (readonly [number, StoredStage])[];
}

export interface RotationConfig {
  rotationInterval?: string;
  isScheduledRotationEnabled?: boolean;
  targetSystemDetails: JsonObject;
}

export interface StoredSecret {
  readonly id: string;
  readonly name: string;
  compartmentId: string;
  readonly vaultId: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly isReplica: boolean;
  lifecycle: Lifecycle;
  /** UPDATING, or another state that passes by itself, lasts until this time, and until this many more requests have seen it. */
  updatingUntil: number;
  updatingPolls: number;
  /** Absent: it is not to be deleted. */
  deletionAt?: number | undefined;
  etag: number;
  versions: StoredVersion[];
  views: BundleView[];
  description: string | null;
  metadata: JsonObject;
  freeformTags: JsonObject;
  definedTags: JsonObject;
  rules: JsonObject[];
  rotationConfig: RotationConfig | null;
  /** Kept and shown; no replica is made. Absent: none. */
  replicationConfig?: JsonObject;
  /** Kept and shown; no content is generated. Absent: none. */
  generationContext?: JsonObject;
  /** The running rotation. */
  rotation: { readonly workRequestId: string; cancelled: boolean; started: boolean } | null;
  lastRotationAt: number | null;
  nextRotationAt: number | null;
}

export interface VaultState {
  secrets: Record<string, StoredSecret>;
}

/** The version that holds `stage`; of several PENDING ones the newest. */
export function versionAt(secret: StoredSecret, stage: StoredStage): StoredVersion | undefined {
  return secret.versions.findLast((version) => version.stage === stage && !version.deleted);
}

export function versionNumbered(secret: StoredSecret, number: number): StoredVersion | undefined {
  const version = secret.versions[number - 1];
  return version === undefined || version.deleted ? undefined : version;
}

function latestNumber(secret: StoredSecret): number {
  return secret.versions.length;
}

/** Version stages as the wire shows them, LATEST included. */
export function shownStages(secret: StoredSecret, number: number, stage: StoredStage): VersionStage[] {
  return number === latestNumber(secret) ? [stage, "LATEST"] : [stage];
}
