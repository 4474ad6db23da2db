/** What an operator should know although the call succeeded, and what to do about it. */
export interface Warning {
  readonly what: string;
  readonly next: string;
}

const LOOK = "look at who stored it; schedule the deletion of what is not needed";

function counted(numbers: ReadonlySet<number>, one: string, many: string): string {
  const listed = [...numbers].sort((low, high) => low - high).join(", ");
  return numbers.size === 1 ? `version ${listed} ${one}` : `versions ${listed} ${many}`;
}

/** The versions that a call met and left as they were, by number. */
interface Met {
  readonly strangers: ReadonlySet<number>;
  readonly unproven: ReadonlySet<number>;
}

/**
 * Warnings about versions that the call left as they were: of another client, not understood, or PENDING with a value that the
 * rotator did not make.
 */
export function leftAlone({ strangers, unproven }: Met): readonly Warning[] {
  const warnings: Warning[] = [];
  if (strangers.size > 0) {
    const is = "of another client than CURRENT, or cannot be understood, and";
    const what = counted(strangers, `is ${is} was left alone`, `are ${is} were left alone`);
    warnings.push({ what, next: LOOK });
  }
  if (unproven.size > 0) {
    const what = counted(
      unproven,
      "is PENDING and was not made by the rotator",
      "are PENDING and were not made by the rotator",
    );
    warnings.push({ what, next: LOOK });
  }
  return warnings;
}

/** All warnings of a successful answer. */
export function warningsOf({
  read,
  warning,
}: {
  readonly read: Met;
  readonly warning: Warning | null;
}): readonly Warning[] {
  return [...(warning === null ? [] : [warning]), ...leftAlone(read)];
}
