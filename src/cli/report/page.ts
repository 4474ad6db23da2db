import { createHash } from "node:crypto";
import type { Scanned } from "../inventory/scan-data.ts";
import { summaryOf } from "../inventory/scan-text.ts";
import { html, Markup } from "./markup.ts";
import { columnsOf, renderRow } from "./rows.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { renderTimeline, timelineOf } from "./timeline.ts";

/** The policy allows only the page's own script and style, and no network. */
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const POLICY = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; base-uri 'none'; form-action 'none'`;

function tile(count: number, words: string, colour: "red" | "amber" | ""): Markup {
  return html`<li class="${count === 0 ? "" : colour}"><b>${count}</b>${words}</li>`;
}

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
  return html`<dl class="where">${rows.map(([name, values]) => html`<dt>${name}</dt><dd>${values.join(", ")}</dd>`)}</dl>`;
}

/** The report as one self-contained page, in parts, so that at most one row is held at a time. Every text from Vault is escaped. */
export function* reportPage(result: Scanned, places: ReportPlaces): Generator<string> {
  const { asOf, counts, secrets, withinSeconds } = result;
  const timeline = timelineOf(result);
  const columns = columnsOf(result);
  const when = `${asOf.slice(0, 10)} ${asOf.slice(11, 16)} UTC`;
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Client secrets, ${when}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header><h1>Client secrets</h1>
<p class="dim">${summaryOf(result)}. As of ${when}.</p>
${whereOf(places)}
<ul class="tiles">
${tile(counts.rotatable, "can be rotated", "")}
${tile(counts.expired, "expired", "red")}
${tile(counts.due, withinSeconds === null ? "due now" : "due in the given time", "amber")}
${tile(counts.unhealthy, "ended with a failure", "red")}
</ul></header>
<main>
${renderTimeline(timeline)}
<section aria-labelledby="which"><h2 id="which">Which</h2>
<div id="tools" hidden>
<input id="search" type="search" placeholder="Search name, client, owner, OCID" aria-label="Search">
<label>Sort by <select id="order">${columns.map(({ head }, index) => html`<option value="${index}">${head}</option>`)}</select></label>
<span id="shown" class="dim" role="status"></span></div>
<table><caption>Client secrets: what failed first, then by date</caption>
<thead><tr>${columns.map(({ head }) => html`<th scope="col"><button type="button">${head}</button></th>`)}</tr></thead>
<tbody>
`.text;
  for (const secret of secrets) yield renderRow(secret, columns, timeline).text;
  yield html`</tbody></table>
${secrets.length === 0 ? html`<p>Nothing is due, and no failure was noted.</p>` : null}
</section>
</main>
<footer><p>Written by oci-rotate scan. ${counts.seen - counts.rotatable} other secrets there were left out. Dates are in UTC. This page holds no secret and loads nothing.</p></footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}
