import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { nextOf } from "../follow-cursor.ts";
import type { Style } from "../output/style.ts";
import { renderTable } from "../output/table.ts";

const outcomes = ["healed", "healthy", "busy", "failed", "remaining", "planned"] as const;
export type HealOutcome = (typeof outcomes)[number];

const healedSecret = z.object({
  secretId: z.string(),
  name: z.string(),
  outcome: z.enum(outcomes),
  code: z.string(),
  what: z.string(),
  next: z.string(),
});
export type HealedSecret = z.output<typeof healedSecret>;

/** The document of `heal --all --json`. `secrets` is empty if the function did it, since it reports only counts. */
export const healManyReport = z.object({
  dryRun: z.boolean(),
  healed: z.int(),
  healthy: z.int(),
  /** Another run is in progress there. */
  busy: z.int(),
  failed: z.int(),
  /** Not reached. */
  remaining: z.int(),
  /** With `--dry-run`: something would be done, or a person has to act. */
  planned: z.int(),
  what: z.string(),
  next: z.string(),
  secrets: z.array(healedSecret),
});
export type HealManyReport = z.output<typeof healManyReport>;

export function reportOf(secrets: readonly HealedSecret[], dryRun: boolean): HealManyReport {
  const count = (outcome: HealOutcome) => secrets.filter((secret) => secret.outcome === outcome).length;
  const counts = {
    healed: count("healed"),
    healthy: count("healthy"),
    busy: count("busy"),
    failed: count("failed"),
    remaining: count("remaining"),
    planned: count("planned"),
  };
  const { healed, healthy, busy, failed, remaining, planned } = counts;
  const what = dryRun
    ? `${planned} to heal, ${healthy} healthy, ${busy} busy, ${failed} that need a person`
    : `${healed} healed, ${healthy} healthy, ${busy} busy, ${failed} failed, ${remaining} not reached`;
  const next =
    failed > 0
      ? "do what stands at each that failed"
      : remaining > 0 || planned > 0
        ? "run heal --all again"
        : "nothing";
  return { dryRun, ...counts, what, next, secrets: [...secrets] };
}

/** How many secrets had their turn. */
export function doneIn({ healed, healthy, busy, failed }: HealManyReport): number {
  return healed + healthy + busy + failed;
}

/** The report of a function's calls, of which the last one continued after the others. */
export function addedTo(sum: HealManyReport, last: HealManyReport): HealManyReport {
  const { remaining } = last;
  const [healed, healthy] = [sum.healed + last.healed, sum.healthy + last.healthy];
  const [busy, failed] = [sum.busy + last.busy, sum.failed + last.failed];
  const what = `${healed} healed, ${healthy} healthy, ${busy} busy, ${failed} failed, ${remaining} left`;
  return { ...last, healed, healthy, busy, failed, what, next: nextOf(sum, last) };
}

/** Healthy secrets are counted, not listed. */
export function healManyText(style: Style, { what, next, secrets, dryRun }: HealManyReport): string {
  const listed = secrets.filter(({ outcome }) => outcome !== "healthy");
  const paint = (outcome: HealOutcome) => {
    if (outcome === "failed") return style.red(outcome);
    return outcome === "healed" ? style.green(outcome) : style.yellow(outcome);
  };
  const rows = listed.map((secret) => [printable(secret.name), paint(secret.outcome), secret.code, secret.what]);
  const todo = listed
    .filter((secret) => secret.outcome === "failed")
    .map((secret) => `${printable(secret.name)}  ${secret.secretId}\n  next: ${printable(secret.next)}\n`);
  const table =
    rows.length === 0 ? "" : `${renderTable(["SECRET", "OUTCOME", dryRun ? "STATE" : "CODE", "WHAT"], rows)}\n`;
  return `${table}${what}\n${next === "nothing" ? "" : `next: ${next}\n`}${todo.length === 0 ? "" : `\n${todo.join("")}`}`;
}

export function exitCodeOf({ dryRun, failed, remaining, planned }: HealManyReport): ExitCode {
  if (failed > 0 && !dryRun) return exitCodes.failed;
  return failed + remaining + planned > 0 ? exitCodes.attention : exitCodes.done;
}
