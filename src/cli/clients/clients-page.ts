import { html, type Markup } from "../report/markup.ts";
import { facts, renderPage, tile } from "../report/shell.ts";
import type { ClientsData, Inventoried } from "./clients-data.ts";
import { type Column, clientsSummary, columnsOf } from "./clients-text.ts";

const COLOURS = { red: "expired", yellow: "due" } as const;

/** One row; the cells' texts are those of the table. */
function rowOf(client: Inventoried, columns: readonly Column[]): Markup {
  const cells = columns.map(({ head, cell, key, isState }) => {
    const text = cell(client);
    const shown = isState === true ? html`<span class="state ${stateOf(client)}">${text}</span>` : html`${text}`;
    return html`<td data-label="${head}" data-key="${key?.(client) ?? text}"><div>${shown}</div></td>`;
  });
  return html`<tr data-bucket="">${cells}</tr>\n`;
}

/** One colour for one meaning, as in the report of scan. */
function stateOf({ findings }: Inventoried): string {
  if (findings.length === 0) return "later";
  const isGrave = findings.some((one) => one === "expired" || one === "not-at-issuer" || one === "several-secrets");
  return isGrave ? COLOURS.red : COLOURS.yellow;
}

/** What `clients` found, as one self-contained page. */
export function clientsPage(data: ClientsData): Generator<string> {
  const { counts, clients } = data;
  const columns = columnsOf(null);
  const issuers = [...new Set(clients.map(({ url }) => url))];
  const realms = [...new Set(clients.flatMap(({ realm, zone, tenant }) => realm ?? zone ?? tenant ?? []))];
  return renderPage({
    title: "Clients and their secrets",
    asOf: data.asOf,
    summary: clientsSummary(data),
    facts: facts([
      [issuers.length === 1 ? "Issuer" : "Issuers", issuers.length === 0 ? ["none shown"] : issuers],
      ...(realms.length === 0 ? [] : [["Realms, zones or tenants", realms] as const]),
    ]),
    tiles: [
      tile(counts.listed, "at the issuer", ""),
      tile(counts.unmanaged, "with a secret that nobody manages", "amber"),
      tile(counts.expired, "expired", "red"),
      tile(counts.severalSecrets, "in several secrets", "red"),
      tile(counts.notAtIssuer, "in Vault and not at the issuer", "red"),
    ],
    above: null,
    caption: "Clients: what needs attention first",
    searches: "Search client, name, owner, secret",
    heads: columns.map(({ head }) => head),
    rows: (function* rows(): Generator<Markup> {
      for (const client of clients) yield rowOf(client, columns);
    })(),
    empty: clients.length === 0 ? "No client was found for these options." : null,
    foot: "Written by oci-rotate clients. What the issuer does not tell is shown as not told.",
  });
}
