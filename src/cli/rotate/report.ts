import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { Style } from "../output/style.ts";
import { renderTable } from "../output/table.ts";
import { outcomes, type Result, type RotationOutcome, type Target, viaNames } from "./target.ts";

/** The document of `--json`: the counts, then each secret. */
export const rotationReport = z.object({
  dryRun: z.boolean(),
  total: z.int(),
  rotated: z.int(),
  already: z.int(),
  notDue: z.int(),
  planned: z.int(),
  failed: z.int(),
  notStarted: z.int(),
  secrets: z.array(
    z.object({
      secretId: z.string(),
      name: z.string(),
      via: z.enum(viaNames),
      outcome: z.enum(outcomes),
      versionNo: z.nullable(z.int()),
      code: z.string(),
      what: z.string(),
      next: z.string(),
    }),
  ),
});
export type RotationReport = z.output<typeof rotationReport>;

export function reportOf(targets: readonly Target[], results: readonly Result[], dryRun: boolean): RotationReport {
  const count = (outcome: RotationOutcome) => results.filter((result) => result.outcome === outcome).length;
  return {
    dryRun,
    total: targets.length,
    rotated: count("rotated"),
    already: count("already"),
    notDue: count("not-due"),
    planned: count("planned"),
    failed: count("failed"),
    notStarted: count("not-started"),
    secrets: targets.flatMap(({ secretId, name, via }, index) => {
      const result = results[index];
      return result === undefined ? [] : [{ secretId, name, via, ...result }];
    }),
  };
}

export function exitCodeOf({ failed, notStarted }: RotationReport): ExitCode {
  return failed + notStarted === 0 ? exitCodes.done : exitCodes.failed;
}

const sentence = (text: string) => printable(text).replace(/\.$/, "");

/** The summary: counts, and the next action for each secret that was not rotated. */
export function reportText(report: RotationReport, style: Style): string {
  const { total, rotated, already, notDue, failed, notStarted, planned, dryRun, secrets } = report;
  const leftAlone = [
    ...(already > 0 ? [`${already} rotated already`] : []),
    ...(notDue > 0 ? [`${notDue} not due after all`] : []),
  ];
  if (dryRun) {
    const rows = secrets.map(({ name, via, what, outcome, code }) => [
      printable(name),
      via,
      outcome === "failed" ? style.red(code) : code,
      sentence(what),
    ]);
    const rest = [...(failed > 0 ? [`${failed} cannot`] : []), ...leftAlone];
    return `${renderTable(["SECRET", "VIA", "STATE", "NEXT STEP"], rows)}\nNothing was changed: ${[`${planned} of ${total} can be rotated`, ...rest].join(", ")}.\n`;
  }
  const counts = [
    style.green(`${rotated} of ${total} rotated`),
    ...leftAlone,
    ...(failed > 0 ? [style.red(`${failed} failed`)] : []),
    ...(notStarted > 0 ? [`${notStarted} not started`] : []),
  ];
  const troubles = secrets
    .filter(({ outcome }) => outcome === "failed")
    .map(
      ({ name, secretId, code, what, next }) =>
        `\n${style.bold(printable(name))}  ${secretId}\n  ${code}: ${sentence(what)}\n  next: ${sentence(next)}\n`,
    );
  const warnings = secrets
    .filter(({ outcome, next }) => outcome === "rotated" && next !== "nothing")
    .map(({ name, what, next }) => `\n${printable(name)}  ${sentence(what)}\n  next: ${sentence(next)}\n`);
  const rest = notStarted > 0 ? "\nRun the same command again to continue with the others.\n" : "";
  const [single] = secrets;
  const told = total === 1 && single !== undefined && single.outcome !== "failed" ? `${sentence(single.what)}.\n` : "";
  return `${told}${counts.join(", ")}.\n${troubles.join("")}${total === 1 ? warnings.join("") : warningsOf(warnings)}${rest}`;
}

/** One example, since hundreds of secrets have the same warning. */
function warningsOf(warnings: readonly string[]): string {
  return warnings.length === 0
    ? ""
    : `\n${warnings.length} rotated with a warning, for example:${warnings[0]?.replace(/^\n/, "\n  ") ?? ""}`;
}
