import { CsvError, parse } from "csv-parse/sync";
import * as z from "zod/mini";
import { noteValue } from "../../base/call-secrets.ts";
import { Secret } from "../../base/secret.ts";
import { CliError } from "../cli-error.ts";

/** A client as the input names it, with the value that works now if the input has one. */
export interface InputLine {
  /** The line of a CSV, as an editor counts it; in JSON the place in the list, counted from 1. */
  readonly line: number;
  readonly clientId: string;
  readonly realm: string | null;
  readonly tenant: string | null;
  readonly value: Secret | null;
  readonly owner: string | null;
  readonly contact: string | null;
}

/** More than a tenancy holds. */
const MOST_LINES = 20_000;
/** What this input is made of; `clients --csv` and `--json` have more columns, which are left out. */
const KNOWN = ["clientId", "realm", "tenant", "secret", "owner", "contact"] as const;

const cell = z.optional(z.nullable(z.string()));
const row = z.object({
  clientId: z.string().check(z.minLength(1)),
  ...{ realm: cell, tenant: cell, secret: cell, owner: cell, contact: cell },
});
/** What `clients --json` prints, or a plain list. */
const listOfClients = z.union([z.object({ clients: z.array(z.unknown()) }), z.array(z.unknown())]);

const bad = (what: string, next: string) => new CliError("USAGE", { what, next });
const FORM = `a CSV with the header ${KNOWN.join(",")}, of which clientId is needed, or the JSON that oci-rotate clients prints`;

type Row = Pick<InputLine, "line"> & { readonly data: unknown };

function jsonRows(text: string): readonly Row[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("the input begins like JSON and is not JSON", `give ${FORM}`);
  }
  const parsed = listOfClients.safeParse(value);
  if (!parsed.success) throw bad("the input is JSON without a list of clients", `give ${FORM}`);
  const rows = Array.isArray(parsed.data) ? parsed.data : parsed.data.clients;
  return rows.map((data, index) => ({ line: index + 1, data }));
}

/** What csv-parse gives with `info`: the record, and the line of the input that it ends on. */
const csvRecords = z.array(z.object({ record: z.record(z.string(), z.unknown()), info: z.object({ lines: z.int() }) }));

function csvRows(text: string): readonly Row[] {
  let rows: unknown;
  try {
    rows = parse(text, {
      ...{ bom: true, columns: true, skip_empty_lines: true, relax_column_count: false, trim: true },
      info: true,
    });
  } catch (thrown) {
    // The parser's own message quotes the line, which may hold a secret.
    const line: unknown = thrown instanceof CsvError ? Reflect.get(thrown, "lines") : null;
    throw bad(
      `the input is no CSV that can be read: ${typeof line === "number" ? `line ${line}` : "a line"} has other columns than the header, or a quotation mark is not closed`,
      `give ${FORM}`,
    );
  }
  return csvRecords.parse(rows).map(({ record, info }) => {
    // The first line is not quoted: without a header it holds a secret.
    if (!("clientId" in record)) {
      throw bad("the first line of the input names no column clientId", `give ${FORM}; commas separate the columns`);
    }
    return { line: info.lines, data: record };
  });
}

const orNull = (text: string | null | undefined) => (text === undefined || text === "" ? null : text);

/**
 * Reads what is to be adopted, from the text of standard input. A value is wrapped at once, and is never quoted.
 * @throws CliError USAGE
 */
export function readInput(text: string): readonly InputLine[] {
  if (text.trim() === "") throw bad("the input is empty", `give ${FORM}`);
  const rows = /^\s*[[{]/.test(text) ? jsonRows(text) : csvRows(text);
  if (rows.length === 0) throw bad("the input names no client", `give ${FORM}`);
  if (rows.length > MOST_LINES) throw bad(`the input has more than ${MOST_LINES} lines`, "split it");
  return rows.map(({ line, data }) => {
    const parsed = row.safeParse(data);
    if (!parsed.success) throw bad(`line ${line} of the input has no clientId`, `give ${FORM}`);
    const { clientId, secret, realm, tenant, owner, contact } = parsed.data;
    const value = orNull(secret);
    if (value !== null) noteValue(value);
    return {
      line,
      clientId,
      realm: orNull(realm),
      tenant: orNull(tenant),
      value: value === null ? null : new Secret(value),
      owner: orNull(owner),
      contact: orNull(contact),
    };
  });
}
