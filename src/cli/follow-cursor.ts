import type { CommandContext } from "./command.ts";
import { type FunctionAnswer, partsOf } from "./function.ts";

/** Counts of secrets in one answer of the function, or of several calls together. */
export interface Counted {
  readonly failed: number;
  readonly remaining: number;
  readonly what: string;
  readonly next: string;
}

export interface Counting<C extends Counted> {
  /** @throws CliError if the function answered without counts, because it could not begin */
  readonly read: (answer: FunctionAnswer, parts: ReturnType<typeof partsOf>) => C;
  readonly added: (sum: C, last: C) => C;
  /** How many secrets had their turn. */
  readonly doneIn: (counted: C) => number;
}

/**
 * Calls the function until every secret has had its turn. Each call goes on where the last one ended. After Ctrl-C none
 * begins. A call that gets nothing done is the last.
 */
export async function followCursor<C extends Counted>(
  { invoke, runtime, out }: Pick<CommandContext<unknown>, "invoke" | "runtime" | "out">,
  functionId: string,
  event: object,
  { read, added, doneIn }: Counting<C>,
): Promise<C> {
  let sum: C | null = null;
  for (let more: object = {}; ; ) {
    out.note("the function is running; this may take up to five minutes");
    const answer = await invoke(functionId, { ...event, ...more });
    const counted = read(answer, partsOf(answer));
    sum = sum === null ? counted : added(sum, counted);
    const { cursor } = answer;
    if (cursor === undefined || doneIn(counted) === 0 || runtime.signal.aborted) return sum;
    out.note(`${doneIn(sum)} of ${doneIn(sum) + sum.remaining} secrets had their turn`);
    more = { cursor };
  }
}

/** Of several calls, the first that failed says what to do. */
export const nextOf = (sum: Counted, last: Counted): string => (last.failed === 0 && sum.failed > 0 ? sum : last).next;
