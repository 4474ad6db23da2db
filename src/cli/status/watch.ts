import { RotationError } from "../../base/errors.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { REDRAW } from "../output/terminal.ts";
import { wrap } from "../output/wrap.ts";
import type { StatusReport } from "./report.ts";
import { changeLine, statusText } from "./text.ts";

export interface WatchOptions {
  readonly everyMs: number;
  readonly untilHealthy: boolean;
  /** Null: until Ctrl-C. */
  readonly forMs: number | null;
}

export const exitCodeOf = ({ healthy, endsFirst }: Pick<StatusReport, "healthy" | "endsFirst">): ExitCode =>
  healthy && !endsFirst ? exitCodes.done : exitCodes.attention;

/** What counts as a change: everything but the time of the look. */
const essenceOf = (report: StatusReport) => JSON.stringify({ ...report, checkedAt: null });

/** True if Ctrl-C ended the wait. */
async function pause({ clock, signal }: CommandContext<never>["runtime"], ms: number): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return false;
  } catch (thrown) {
    if (signal.aborted) return true;
    throw thrown;
  }
}

/**
 * Repeats the look, with reads and logins only. At a terminal it redraws the whole status; otherwise it prints a line per change, or a
 * document with `--json`. It reports transient failures, such as a Vault that does not answer, and continues.
 * @returns the exit code of the last look
 */
export async function watch(
  context: CommandContext<StatusReport>,
  { everyMs, untilHealthy, forMs }: WatchOptions,
  look: () => Promise<StatusReport>,
): Promise<ExitCode> {
  const { runtime, options, out, print } = context;
  const { clock, signal } = runtime;
  const end = forMs === null ? Number.POSITIVE_INFINITY : clock.monotonic() + forMs;
  let seen: StatusReport | null = null;
  for (;;) {
    const report = await lookOnce(context, look);
    if (report !== null) {
      const isNew = seen === null || essenceOf(report) !== essenceOf(seen);
      if (runtime.isTerminal.stdout && !options.json) {
        out.raw(`${REDRAW}${wrap(statusText(out.style, options, report), runtime.columns)}\n`);
        out.note(`every ${everyMs / 1000} s; Ctrl-C ends it`);
      } else if (isNew) print(report, changeLine(report));
      seen = report;
      if (untilHealthy && report.state === "healthy") return exitCodes.done;
    }
    const left = end - clock.monotonic();
    if (signal.aborted || left <= 0 || (await pause(runtime, Math.min(everyMs, left)))) break;
  }
  return seen === null || untilHealthy ? exitCodes.attention : exitCodeOf(seen);
}

async function lookOnce(
  { out, causeOf }: Pick<CommandContext<never>, "out" | "causeOf">,
  look: () => Promise<StatusReport>,
): Promise<StatusReport | null> {
  try {
    return await look();
  } catch (thrown) {
    const cause = causeOf(thrown);
    if (!(cause instanceof RotationError) || cause.responseCode !== 503) throw cause;
    out.warn(`${cause.message}; looking again`);
    return null;
  }
}
