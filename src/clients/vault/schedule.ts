/** When and by what a secret is rotated; instants in milliseconds since the epoch, on OCI's clock. */
export interface RotationSchedule {
  /** The function that the rotation targets; null: none, or another kind of target. */
  readonly functionId: string | null;
  /** `FUNCTION`, `ADB`, or what OCI adds; null: the secret has no rotation configuration. */
  readonly targetType: string | null;
  /** Days from one rotation to the next, 1 to 360; null: not set. */
  readonly intervalDays: number | null;
  readonly isScheduled: boolean;
  /** `IN_PROGRESS`, `SCHEDULED`, `NOT_ENABLED`, `CANCELLING`, or what OCI adds; null: not told. */
  readonly status: string | null;
  /** The last rotation that succeeded. */
  readonly lastAt: number | null;
  readonly nextAt: number | null;
}

/** When a rule of the secret ends its current version. */
export interface RuleExpiry {
  readonly at: number;
  /** The rule names a date: a new version ends at the same time. */
  readonly standsStill: boolean;
}

/** The dates that Vault itself keeps of a secret. */
export interface SecretSchedule {
  readonly rotation: RotationSchedule;
  /** Null: no rule ends it. */
  readonly expiry: RuleExpiry | null;
}

/** Whether a rotation by Vault is under way. */
export function isRotating({ status }: Pick<RotationSchedule, "status">): boolean {
  return status === "IN_PROGRESS" || status === "CANCELLING";
}
