import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import { renderTable } from "../output/table.ts";
import { countedPlaces } from "./places.ts";
import type { Planned } from "./plan.ts";

const line = z.object({
  clientId: z.string(),
  secretName: z.nullable(z.string()),
  secretId: z.nullable(z.string()),
  /** Where its secret goes, and the days between rotations. Null: it gets none. */
  compartmentId: z.nullable(z.string()),
  vaultId: z.nullable(z.string()),
  everyDays: z.nullable(z.int()),
  /** `planned` only with --dry-run. `unfinished`: a secret names the client, and holds no value yet. */
  outcome: z.enum(["planned", "adopted", "already", "unfinished", "skipped", "failed"]),
  /**
   * Where no value is known: a second one beside it, a new one for which the one in use dies, or a new one beside which the one that the issuer
   * refuses works again. Null: it gets none, or is not known to need one.
   */
  newValue: z.nullable(z.enum(["add", "reset", "revive"])),
  /** A login accepted what was read back from Vault. */
  isProven: z.boolean(),
  why: z.nullable(z.string()),
  next: z.nullable(z.string()),
});
export const adopted = z.object({
  isDryRun: z.boolean(),
  counts: z.object({
    ...{ planned: z.int(), adopted: z.int(), already: z.int() },
    ...{ unfinished: z.int(), skipped: z.int(), failed: z.int() },
  }),
  /** How the authority may speak for these clients: by a tag that each secret has, or by these entries of mayRotate, which are still to be added. */
  binding: z.object({ tag: z.nullable(z.string()), entries: z.array(z.record(z.string(), z.unknown())) }),
  clients: z.array(line),
});
export type Line = z.output<typeof line>;
export type Adopted = z.output<typeof adopted>;

const PLANS = {
  none: null,
  add: "if no value is given, it gets a second one of ours; whether it holds two already is not told beforehand",
  reset: "if no value is known, the issuer makes a new one, and the one in use dies at once",
  revive:
    "if the realm refuses the value that it holds, a new one takes its place; where a client policy rotates secrets, the older one works again for the grace",
} as const;

export function lineOf(planned: Planned): Line {
  if (!("task" in planned)) {
    const outcome = planned.secretId === null ? "skipped" : "already";
    const nowhere = { secretName: null, compartmentId: null, vaultId: null, everyDays: null };
    return { ...planned, ...nowhere, outcome, newValue: null, isProven: false };
  }
  const { client, secretName, given, newValue, schedule, place } = planned.task;
  const { compartmentId, vaultId } = place;
  const makes = given === null && newValue !== "none" ? newValue : null;
  const why = makes === null ? null : PLANS[makes];
  const about = {
    ...{ clientId: client.clientId, secretName, secretId: null, newValue: makes },
    ...{ compartmentId, vaultId, everyDays: schedule?.intervalDays ?? null },
  };
  return { ...about, outcome: "planned", isProven: false, why, next: why === null ? null : "nothing" };
}

export function countsOf(lines: readonly Line[]): Adopted["counts"] {
  const of = (outcome: Line["outcome"]) => lines.filter((one) => one.outcome === outcome).length;
  return {
    planned: of("planned"),
    adopted: of("adopted"),
    already: of("already"),
    unfinished: of("unfinished"),
    skipped: of("skipped"),
    failed: of("failed"),
  };
}

/** Only where there are several: how many secrets go where. */
function placesText(clients: readonly Line[]): string {
  const places = clients.flatMap(({ compartmentId, vaultId }) =>
    compartmentId === null || vaultId === null ? [] : [{ compartmentId, vaultId, keyId: "" }],
  );
  const counted = countedPlaces(places);
  if (counted.length < 2) return "";
  return counted.map((one) => `${one.secrets} for ${one.compartmentId}, ${one.vaultId}\n`).join("");
}

export function reportText({ counts, clients, binding, isDryRun }: Adopted): string {
  const shown = clients.filter(({ outcome }) => outcome !== "already");
  const rows = shown.map(({ clientId, outcome, secretName, everyDays, why, next }) => [
    ...[outcome, printable(clientId), secretName ?? "", everyDays === null ? "" : `${everyDays} d`],
    [why, next === "nothing" ? null : next].filter((text) => text !== null).join("; "),
  ]);
  const table =
    rows.length === 0 ? "" : `${renderTable(["outcome", "client", "secret", "every", "why, and what to do"], rows)}\n`;
  const { planned, adopted: done, already, unfinished, skipped, failed } = counts;
  const summary = isDryRun
    ? `${planned} would be adopted, ${already} are managed already, ${skipped} skipped; nothing was changed`
    : `${done} adopted, ${already} managed already, ${unfinished} unfinished, ${skipped} skipped, ${failed} failed`;
  const entries =
    binding.entries.length === 0
      ? ""
      : `\nThe authority may not speak for them yet. Add to mayRotate in its secret:\n${binding.entries.map((one) => JSON.stringify(one)).join(",\n")}\n`;
  return `${table}${placesText(clients)}${summary}\n${entries}`;
}
