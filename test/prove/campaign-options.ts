import type { OtherIssuer } from "./combinations.ts";
import type { Part } from "./part.ts";

/** What a campaign is asked to do. */
export interface CampaignOptions {
  readonly seed: number;
  /** Run every pair of the named combinations, not a share. */
  readonly allPairs: boolean;
  readonly singlesOnly: boolean;
  /** Only this part of the single faults; null: all. */
  readonly part: Part | null;
  /** How many pairs of the named combinations are aimed at. */
  readonly pairs: number;
  /** This run's losses are to be pinned, so earlier pins do not apply. */
  readonly pin: boolean;
  readonly walks: number;
  /** No singles, no pairs. */
  readonly walksOnly: boolean;
  /** Only this combination: its id, or the name of one of the four. */
  readonly combination: string | null;
  /** Only this kind of issuer. */
  readonly issuer: OtherIssuer | null;
  readonly onProgress: (text: string) => void;
}
