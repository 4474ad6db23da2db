import { createHash } from "node:crypto";
import { html, Markup } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** The policy allows only the page's own script and style, and no network. */
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const POLICY = `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; base-uri 'none'; form-action 'none'`;

/** A number with its words above the table; coloured unless it is none. */
export function tile(count: number, words: string, colour: "red" | "amber" | ""): Markup {
  return html`<li class="${count === 0 ? "" : colour}"><b>${count}</b>${words}</li>`;
}

/** Names and values, as the head of a page lists them. */
export const facts = (rows: readonly (readonly [name: string, values: readonly string[]])[]): Markup =>
  html`<dl class="where">${rows.map(([name, values]) => html`<dt>${name}</dt><dd>${values.join(", ")}</dd>`)}</dl>`;

export interface PageParts {
  readonly title: string;
  /** Of the data, RFC 3339 in UTC. */
  readonly asOf: string;
  readonly summary: string;
  readonly facts: Markup;
  readonly tiles: readonly Markup[];
  /** Between head and table; null: nothing. */
  readonly above: Markup | null;
  readonly caption: string;
  readonly searches: string;
  readonly heads: readonly string[];
  /** Written as they come. */
  readonly rows: Iterable<Markup>;
  /** Below an empty table; null: the table has rows. */
  readonly empty: string | null;
  readonly foot: string;
}

/** One self-contained page with a table that can be sorted and searched. At most one row is held at a time, and every text is escaped. */
export function* renderPage(page: PageParts): Generator<string> {
  const when = `${page.asOf.slice(0, 10)} ${page.asOf.slice(11, 16)} UTC`;
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${page.title}, ${when}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header><h1>${page.title}</h1>
<p class="dim">${page.summary}. As of ${when}.</p>
${page.facts}
<ul class="tiles">
${page.tiles}
</ul></header>
<main>
${page.above}
<section aria-labelledby="which"><h2 id="which">Which</h2>
<div id="tools" hidden>
<input id="search" type="search" placeholder="${page.searches}" aria-label="Search">
<label>Sort by <select id="order">${page.heads.map((head, index) => html`<option value="${index}">${head}</option>`)}</select></label>
<span id="shown" class="dim" role="status"></span></div>
<table><caption>${page.caption}</caption>
<thead><tr>${page.heads.map((head) => html`<th scope="col"><button type="button">${head}</button></th>`)}</tr></thead>
<tbody>
`.text;
  for (const row of page.rows) yield row.text;
  yield html`</tbody></table>
${page.empty === null ? null : html`<p>${page.empty}</p>`}
</section>
</main>
<footer><p>${page.foot} Dates are in UTC. This page holds no secret and loads nothing.</p></footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}
