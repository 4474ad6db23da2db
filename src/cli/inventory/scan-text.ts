import { stripVTControlCharacters } from "node:util";
import { printable } from "../../base/printable.ts";
import { csvLine } from "../output/csv.ts";
import type { Style } from "../output/style.ts";
import { renderPairs, tableLines } from "../output/table.ts";
import { dayText } from "../output/times.ts";
import { wrap } from "../output/wrap.ts";
import { isUnhealthy, type Scanned, type ScannedSecret, standingOf, standingWords } from "./scan-data.ts";

/** A name may have 256 characters; showing more than this makes a line unreadable. */
const WIDEST = 32;

function clipped(text: string | null): string {
  const plain = printable(text ?? "");
  if (plain.length <= WIDEST) return plain;
  const characters = [...plain];
  return characters.length <= WIDEST ? plain : `${characters.slice(0, WIDEST - 1).join("")}…`;
}

/** `2026-12-03 (in 11d)`. */
function day(on: string | null, asOf: string): string {
  if (on === null) return "";
  return `${on.slice(0, 10)} (${dayText(Date.parse(asOf), Date.parse(on), "d")})`;
}

function paintState(style: Style, secret: ScannedSecret): string {
  const colours = {
    "locked-out": "red",
    expired: "red",
    overdue: "red",
    failed: "red",
    due: "yellow",
    "ends-first": "yellow",
    later: "green",
    "no-date": "dim",
  } as const;
  const standing = standingOf(secret);
  return style[colours[standing]](standingWords[standing]);
}

function outcomeText(style: Style, secret: ScannedSecret): string {
  const { outcome, problem } = secret;
  const noted = outcome === null ? style.dim("none noted") : isUnhealthy(secret) ? style.red(outcome.code) : "OK";
  return problem === null ? noted : `${noted}, ${style.yellow(problem)}`;
}

interface Column {
  readonly head: string;
  /** A column in which every cell is empty is left out. */
  readonly cell: (secret: ScannedSecret) => string;
}

function columnsOf(style: Style, asOf: string): Column[] {
  return [
    { head: "state", cell: (secret) => paintState(style, secret) },
    { head: "secret", cell: ({ name }) => clipped(name) },
    { head: "issuer", cell: ({ issuer }) => clipped(issuer) },
    { head: "client", cell: ({ clientId }) => clipped(clientId) },
    { head: "owner", cell: ({ owner }) => clipped(owner) },
    { head: "contact", cell: ({ contact }) => clipped(contact) },
    { head: "age", cell: (secret) => `${secret.ageDays}d` },
    { head: "expires on", cell: ({ expiresOn, expiry }) => (expiry === "never" ? "never" : day(expiresOn, asOf)) },
    { head: "next rotation", cell: ({ nextRotation }) => day(nextRotation, asOf) },
    { head: "too old on", cell: ({ tooOldOn }) => day(tooOldOn, asOf) },
    { head: "slots left", cell: ({ freeSlots }) => (freeSlots === null ? "" : String(freeSlots)) },
    { head: "waiting for", cell: ({ waiting }) => clipped(waiting === null ? "" : waiting.join(", ")) },
    { head: "last outcome", cell: (secret) => outcomeText(style, secret) },
  ];
}

const some = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** A duration in the largest unit that divides it, as it was typed. */
export function lengthOf(seconds: number): string {
  const [size, unit] = [[86_400, "d"] as const, [3_600, "h"] as const, [60, "m"] as const].find(
    ([each]) => seconds >= each && seconds % each === 0,
  ) ?? [1, "s"];
  return `${seconds / size}${unit}`;
}

export function summaryOf({ counts, withinSeconds }: Scanned): string {
  const within = withinSeconds === null ? "due now" : `due within ${lengthOf(withinSeconds)}`;
  const { rotatable, due, expired, unhealthy, endsFirst } = counts;
  const failed = unhealthy === 0 ? "no failure noted" : `${unhealthy} ended with a failure`;
  const late = endsFirst === 0 ? "" : `; ${endsFirst} to end before the next rotation`;
  return `${some(rotatable, "secret")}: ${due} ${within}${expired > 0 ? `, ${expired} of them expired` : ""}; ${failed}${late}`;
}

function fits(lines: Iterable<string>, columns: number): boolean {
  for (const line of lines) if (stripVTControlCharacters(line).length > columns) return false;
  return true;
}

/** A table that does not fit: a paragraph per secret, which names only what is known. */
function* cards(secrets: readonly ScannedSecret[], columns: readonly Column[]): Generator<string> {
  const [state, name, ...others] = columns;
  const width = Math.max(0, ...others.map(({ head }) => head.length));
  for (const [index, secret] of secrets.entries()) {
    const pairs = others
      .map(({ head, cell }) => [`  ${head.padEnd(width)}`, cell(secret)] as const)
      .filter(([, cell]) => cell !== "");
    yield `${index === 0 ? "" : "\n"}${name?.cell(secret)}: ${state?.cell(secret)}\n${renderPairs(pairs)}`;
  }
}

/**
 * The table, line by line, and a summary line.
 * @param columns of the terminal; OCIDs are left out if they would not fit, and where the rest does not fit either, each secret is a
 * paragraph. Null: no terminal, and all is shown in a table
 */
export function* scanTable(result: Scanned, style: Style, columns: number | null): Generator<string> {
  const { secrets } = result;
  const summary = `${summaryOf(result)}\n`;
  if (secrets.length === 0) {
    yield summary;
    return;
  }
  const filled = columnsOf(style, result.asOf).filter(({ cell }) => secrets.some((secret) => cell(secret) !== ""));
  const withId = [...filled, { head: "OCID", cell: ({ secretId }: ScannedSecret) => printable(secretId) }];
  const render = (shown: readonly Column[]) =>
    tableLines(
      shown.map(({ head }) => head),
      secrets,
      (secret) => shown.map(({ cell }) => cell(secret)),
    );
  if (columns === null || fits(render(withId), columns)) yield* render(withId);
  else if (fits(render(filled), columns)) yield* render(filled);
  else for (const card of cards(secrets, filled)) yield wrap(card, columns);
  yield `\n${wrap(summary, columns)}`;
}

/** The result as JSON, one line per secret, so that it need not be built as one text. */
export function* scanJson({ secrets, ...rest }: Scanned): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"secrets":[`;
  for (const [index, secret] of secrets.entries()) yield `${index === 0 ? "" : ","}\n${JSON.stringify(secret)}`;
  yield "]}\n";
}

/** Every member of the JSON, one row per secret. */
export function* scanCsv({ secrets }: Scanned): Generator<string> {
  const head = [
    ...[
      "secretId",
      "name",
      "compartmentId",
      "vaultId",
      "state",
      "issuer",
      "clientId",
      "owner",
      "contact",
      "functionId",
    ],
    ...["ageDays", "expiresOn", "expirySource", "nextRotation", "lastRotation", "freeSlots"],
    ...["outcome", "outcomeAt", "outcomeVersionNo", "problem"],
    ...["expiry", "endsFirst", "tooOldOn", "waiting"],
  ];
  const cellsOf = (secret: ScannedSecret) => [
    ...[secret.secretId, secret.name, secret.compartmentId, secret.vaultId, secret.state, secret.issuer],
    ...[secret.clientId, secret.owner, secret.contact, secret.functionId, secret.ageDays, secret.expiresOn],
    ...[secret.expirySource, secret.nextRotation, secret.lastRotation, secret.freeSlots],
    ...[secret.outcome?.code ?? null, secret.outcome?.at ?? null, secret.outcome?.versionNo ?? null, secret.problem],
    ...[secret.expiry, String(secret.endsFirst), secret.tooOldOn, secret.waiting?.join(" ") ?? null],
  ];
  yield csvLine(head);
  for (const secret of secrets) yield csvLine(cellsOf(secret));
}
