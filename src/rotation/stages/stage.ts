/** The modules of the pipeline, in the order of a rotation. */
export const stageNames = [
  "verify-current",
  "fetch-token",
  "regenerate",
  "write-pending",
  "verify-pending",
  "promote",
] as const;
export type StageName = (typeof stageNames)[number];

/** One stage as an answer and the log report it. */
export interface StageReport {
  readonly stage: StageName;
  /** One word: accepted, rejected, unknown, prepared, minted, stored, promoted, refused, ... */
  readonly outcome: string;
  readonly ms: number;
}
