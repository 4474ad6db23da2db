/** No answer that we read nests deeper than a handful of levels. */
const MOST_LEVELS = 32;

/**
 * Whether a parsed JSON value nests no deeper than what we read. A parser takes a million levels, but whatever looks at them afterwards by
 * recursion ends in a stack overflow.
 */
export function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= MOST_LEVELS; depth++) {
    if (level.length === 0) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}
