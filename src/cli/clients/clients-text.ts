import { printable } from "../../base/printable.ts";
import { csvLine } from "../output/csv.ts";
import type { Style } from "../output/style.ts";
import { tableLines } from "../output/table.ts";
import { type ClientsData, type Finding, type Inventoried, isManagedByNone } from "./clients-data.ts";

const FINDINGS: Readonly<Record<Finding, { readonly words: string; readonly colour: "red" | "yellow" }>> = {
  expired: { words: "expired", colour: "red" },
  "not-at-issuer": { words: "not at the issuer", colour: "red" },
  "several-secrets": { words: "several secrets", colour: "red" },
  "ends-soon": { words: "ends soon", colour: "yellow" },
  "too-old": { words: "too old", colour: "yellow" },
  unmanaged: { words: "unmanaged", colour: "yellow" },
};

const NOT_TOLD = "not told";
const day = (instant: string | null) => instant?.slice(0, 10) ?? NOT_TOLD;

export interface Column {
  readonly head: string;
  readonly cell: (client: Inventoried) => string;
  /** By what a page sorts; absent: the cell's text. */
  readonly key?: (client: Inventoried) => string | number;
  readonly isState?: boolean;
  /** Left out if it says the same of every client. */
  readonly isOptional?: boolean;
}

/** Where it lives: realm, zone or tenant; the address where there is none. */
function placeText({ url, realm, zone, tenant }: Inventoried): string {
  return realm ?? zone ?? tenant ?? url;
}

function secretText({ secrets, kind, isBuiltIn }: Inventoried): string {
  if (secrets === null) return NOT_TOLD;
  if (secrets.length > 0) return secrets.map(({ name }) => name).join(", ");
  return isBuiltIn ? "built in" : kind === null || kind === "secret" ? "none" : "needs none";
}

/** Texts of issuers, of which none may look like a colour of ours. @param style of the terminal; null: plain text */
export function columnsOf(style: Style | null): Column[] {
  const shown = ({ cell, ...column }: Column) => ({
    ...column,
    cell: (client: Inventoried) => printable(cell(client)),
  });
  return columnsWith(style).map((column) => (column.isState === true ? column : shown(column)));
}

function columnsWith(style: Style | null): Column[] {
  const paint = (colour: "green" | "red" | "yellow", words: string) => (style === null ? words : style[colour](words));
  const findings = (client: Inventoried) =>
    client.findings.length === 0
      ? isManagedByNone(client)
        ? paint(FINDINGS.unmanaged.colour, FINDINGS.unmanaged.words)
        : paint("green", "ok")
      : client.findings.map((one) => paint(FINDINGS[one].colour, FINDINGS[one].words)).join(", ");
  return [
    { head: "state", cell: findings, isState: true },
    { head: "client", cell: ({ clientId, subject }) => clientId ?? subject ?? "" },
    { head: "where", cell: placeText, isOptional: true },
    { head: "name", cell: ({ name }) => name ?? "", isOptional: true },
    { head: "kind", cell: ({ kind }) => kind ?? NOT_TOLD },
    {
      head: "enabled",
      cell: ({ isEnabled }) => (isEnabled === null ? NOT_TOLD : isEnabled ? "yes" : "no"),
      isOptional: true,
    },
    { head: "owner", cell: ({ owner, contact }) => owner ?? contact ?? "", isOptional: true },
    { head: "client made", cell: ({ clientMade }) => day(clientMade), isOptional: true },
    { head: "client changed", cell: ({ clientChanged }) => day(clientChanged), isOptional: true },
    { head: "secret made", cell: ({ secretMade }) => day(secretMade), isOptional: true },
    {
      head: "secret's age",
      cell: ({ secretAgeDays }) => (secretAgeDays === null ? NOT_TOLD : `${secretAgeDays}d`),
      key: ({ secretAgeDays }) => secretAgeDays ?? "",
    },
    { head: "ends", cell: ({ ends }) => (ends === "never" ? "never" : day(ends)), isOptional: true },
    { head: "secret in Vault", cell: secretText },
  ];
}

const some = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** One line that says what was found, and what the issuer does not tell. */
export function clientsSummary({ counts, isComplete }: ClientsData): string {
  const parts = [
    `${some(counts.listed, "client")}, ${counts.withSecret} of them with a secret to rotate`,
    `${counts.managed} managed, ${counts.unmanaged} not`,
    ...(counts.expired > 0 ? [`${counts.expired} expired`] : []),
    ...(counts.endsSoon > 0 ? [`${counts.endsSoon} end soon`] : []),
    ...(counts.tooOld > 0 ? [`${counts.tooOld} too old`] : []),
    ...(counts.severalSecrets > 0 ? [`${counts.severalSecrets} in several secrets`] : []),
    ...(counts.notAtIssuer > 0 ? [`${counts.notAtIssuer} in Vault and not at the issuer`] : []),
    ...(counts.ageNotTold > 0 ? [`the age of ${counts.ageNotTold} is not told`] : []),
  ];
  return `${parts.join("; ")}${isComplete ? "" : "; the list moved while it was read, so a client may be missing"}`;
}

/** The table, line by line, and a summary line. */
export function* clientsTable(data: ClientsData, style: Style): Generator<string> {
  const { clients } = data;
  const columns = columnsOf(style).filter(
    ({ cell, isOptional }) => isOptional !== true || new Set(clients.map(cell)).size > 1,
  );
  if (clients.length > 0) {
    yield* tableLines(
      columns.map(({ head }) => head),
      clients,
      (client) => columns.map(({ cell }) => cell(client)),
    );
    yield "\n";
  }
  yield `${clientsSummary(data)}\n`;
}

/** The data as JSON, one line per client, so that it need not be built as one text. */
export function* clientsJson({ clients, ...rest }: ClientsData): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"clients":[`;
  for (const [index, client] of clients.entries()) yield `${index === 0 ? "" : ","}\n${JSON.stringify(client)}`;
  yield "]}\n";
}

const COLUMNS = [
  ...["issuer", "url", "realm", "zone", "tenant", "clientId", "subject", "name", "kind", "isEnabled", "isBuiltIn"],
  ...["owner", "contact", "clientMade", "clientChanged", "secretMade", "ends", "secretAgeDays", "mayChange"],
] as const satisfies readonly (keyof Inventoried)[];

/** One row per client. `adopt` reads this form. */
export function* clientsCsv({ clients }: ClientsData): Generator<string> {
  yield csvLine([...COLUMNS, "secretIds", "findings"]);
  for (const client of clients) {
    const ids = client.secrets?.map(({ secretId }) => secretId).join(" ") ?? null;
    yield csvLine([...COLUMNS.map((name) => client[name]), ids, client.findings.join(" ")]);
  }
}
