import * as z from "zod/mini";
import { renderTable } from "../output/table.ts";
import type { Planned } from "./plan.ts";

const line = z.object({
  clientId: z.string(),
  secretName: z.nullable(z.string()),
  secretId: z.nullable(z.string()),
  /** `planned` only with --dry-run. */
  outcome: z.enum(["planned", "adopted", "already", "skipped", "failed"]),
  /** A login accepted what was read back from Vault. */
  isProven: z.boolean(),
  why: z.nullable(z.string()),
  next: z.nullable(z.string()),
});
export const adopted = z.object({
  isDryRun: z.boolean(),
  counts: z.object({ planned: z.int(), adopted: z.int(), already: z.int(), skipped: z.int(), failed: z.int() }),
  /** How the authority may speak for these clients: by a tag that each secret has, or by these entries of mayRotate, which are still to be added. */
  binding: z.object({ tag: z.nullable(z.string()), entries: z.array(z.record(z.string(), z.unknown())) }),
  clients: z.array(line),
});
export type Line = z.output<typeof line>;
export type Adopted = z.output<typeof adopted>;

export const lineOf = (planned: Planned): Line =>
  "task" in planned
    ? {
        ...{ clientId: planned.task.client.clientId, secretName: planned.task.secretName, secretId: null },
        ...{ outcome: "planned", isProven: false, why: null, next: null },
      }
    : { ...planned, secretName: null, outcome: planned.secretId === null ? "skipped" : "already", isProven: false };

export function countsOf(lines: readonly Line[]): Adopted["counts"] {
  const of = (outcome: Line["outcome"]) => lines.filter((one) => one.outcome === outcome).length;
  return {
    planned: of("planned"),
    adopted: of("adopted"),
    already: of("already"),
    skipped: of("skipped"),
    failed: of("failed"),
  };
}

export function reportText({ counts, clients, binding, isDryRun }: Adopted): string {
  const shown = clients.filter(({ outcome }) => outcome !== "already");
  const rows = shown.map(({ clientId, outcome, secretName, why, next }) => [
    ...[outcome, clientId, secretName ?? "", why === null ? "" : `${why}; ${next}`],
  ]);
  const table =
    rows.length === 0 ? "" : `${renderTable(["outcome", "client", "secret", "why, and what to do"], rows)}\n`;
  const { planned, adopted: done, already, skipped, failed } = counts;
  const summary = isDryRun
    ? `${planned} would be adopted, ${already} are managed already, ${skipped} skipped; nothing was changed`
    : `${done} adopted, ${already} managed already, ${skipped} skipped, ${failed} failed`;
  const entries =
    binding.entries.length === 0
      ? ""
      : `\nThe authority may not speak for them yet. Add to mayRotate in its secret:\n${binding.entries.map((one) => JSON.stringify(one)).join(",\n")}\n`;
  return `${table}${summary}\n${entries}`;
}
