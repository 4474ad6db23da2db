import * as z from "zod/mini";
import { durationText } from "../../base/durations.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type Counting, followCursor, nextOf } from "../follow-cursor.ts";

/** The document of `rotate --all-due --function --json`: the function reports only counts. */
export const dueReport = z.object({
  rotated: z.int(),
  /** Another run was faster, or a closer look says so. */
  notDue: z.int(),
  /** Another run is in progress there. */
  busy: z.int(),
  failed: z.int(),
  /** Not reached. */
  remaining: z.int(),
  /** How often the function was called. */
  calls: z.int(),
  what: z.string(),
  next: z.string(),
});
type DueReport = z.output<typeof dueReport>;

const counting: Counting<DueReport> = {
  read: ({ rotated, notDue = 0, busy = 0, failed = 0, remaining = 0 }, { code, what, next }) => {
    if (rotated === undefined) throw new CliError("ANSWERED", { code, what, next });
    return { rotated, notDue, busy, failed, remaining, calls: 1, what, next };
  },
  added: (sum, last) => {
    const [rotated, notDue] = [sum.rotated + last.rotated, sum.notDue + last.notDue];
    const [busy, failed] = [sum.busy + last.busy, sum.failed + last.failed];
    const { remaining } = last;
    const what = `${rotated} rotated, ${notDue} not due, ${busy} busy, ${failed} failed, ${remaining} left`;
    return { rotated, notDue, busy, failed, remaining, calls: sum.calls + last.calls, what, next: nextOf(sum, last) };
  },
  doneIn: ({ rotated, notDue, busy, failed }) => rotated + notDue + busy + failed,
};

/**
 * Has the function rotate what is due in the compartments of its settings.
 * @param maxAgeMs undefined: the function's own OROT_MAX_AGE_DAYS
 */
export async function rotateDueByFunction(
  context: Pick<CommandContext<unknown>, "invoke" | "runtime" | "out">,
  functionId: string,
  { withinMs, maxAgeMs }: { readonly withinMs: number; readonly maxAgeMs: number | undefined },
): Promise<DueReport> {
  const age = maxAgeMs === undefined ? {} : { maxAge: durationText(maxAgeMs) };
  const event = { action: "rotate-due", within: durationText(withinMs), ...age };
  const report = await followCursor(context, functionId, event, counting);
  const isLeft = report.failed === 0 && report.busy + report.remaining > 0;
  return isLeft ? { ...report, next: "run the same command again in a few minutes" } : report;
}

export const dueText = ({ what, next }: DueReport): string =>
  `${what}.\n${next === "nothing" ? "" : `next: ${next}\n`}`;

export function dueExitCode({ failed, busy, remaining }: DueReport): ExitCode {
  if (failed > 0) return exitCodes.failed;
  return busy + remaining > 0 ? exitCodes.attention : exitCodes.done;
}
