/** What counts as due. */
export interface DueWish {
  /** How far ahead, in ms. */
  readonly withinMs: number;
  /** The age from which on a value is due, in ms; null: no age makes it so. */
  readonly maxAgeMs: number | null;
}
