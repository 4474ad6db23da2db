export interface Spread {
  readonly median: number;
  readonly p90: number;
}

/**
 * Nearest rank.
 * @throws Error if nothing was measured
 */
function ranked(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.ceil(share * sorted.length) - 1];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

export const median = (values: readonly number[]) => ranked(values, 0.5);

export function spread(values: readonly number[]): Spread {
  const rounded = (value: number) => Number(value.toFixed(1));
  return { median: rounded(median(values)), p90: rounded(ranked(values, 0.9)) };
}
