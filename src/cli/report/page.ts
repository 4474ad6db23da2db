import type { Scanned } from "../inventory/scan-data.ts";
import { summaryOf } from "../inventory/scan-text.ts";
import type { Markup } from "./markup.ts";
import { columnsOf, renderRow } from "./rows.ts";
import { facts, renderPage, tile } from "./shell.ts";
import { renderTimeline, timelineOf } from "./timeline.ts";

/** Which secrets these are; null: not known. */
export interface ReportPlaces {
  readonly tenancy: string | null;
  readonly region: string | null;
  readonly compartmentIds: readonly string[];
  /** Empty: all. */
  readonly vaultIds: readonly string[];
}

function whereOf({ tenancy, region, compartmentIds, vaultIds }: ReportPlaces): Markup {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["Tenancy", [tenancy ?? "not known: the sign-in names none"]],
    ["Region", [region ?? "not known: only an endpoint was given"]],
    [compartmentIds.length === 1 ? "Compartment" : "Compartments", compartmentIds],
    ...(vaultIds.length === 0 ? [] : [[vaultIds.length === 1 ? "Vault" : "Vaults", vaultIds] as const]),
  ];
  return facts(rows);
}

/** The report of `scan` as one page. */
export function reportPage(result: Scanned, places: ReportPlaces): Generator<string> {
  const { counts, secrets, withinSeconds } = result;
  const timeline = timelineOf(result);
  const columns = columnsOf(result);
  return renderPage({
    title: "Client secrets",
    asOf: result.asOf,
    summary: summaryOf(result),
    facts: whereOf(places),
    tiles: [
      tile(counts.rotatable, "can be rotated", ""),
      tile(counts.expired, "expired", "red"),
      tile(counts.due, withinSeconds === null ? "due now" : "due in the given time", "amber"),
      tile(counts.unhealthy, "ended with a failure", "red"),
    ],
    above: renderTimeline(timeline),
    caption: "Client secrets: what failed first, then by date",
    searches: "Search name, client, owner, OCID",
    heads: columns.map(({ head }) => head),
    rows: (function* rows(): Generator<Markup> {
      for (const secret of secrets) yield renderRow(secret, columns, timeline);
    })(),
    empty: secrets.length === 0 ? "Nothing is due, and no failure was noted." : null,
    foot: `Written by oci-rotate scan. ${counts.seen - counts.rotatable} other secrets there were left out.`,
  });
}
