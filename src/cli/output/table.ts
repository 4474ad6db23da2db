import { stripVTControlCharacters } from "node:util";
import { cleanCell } from "./terminal.ts";

const GAP = "  ";
const PLAIN = /^[\x20-\x7e]*$/;
const widthOf = (text: string) => (PLAIN.test(text) ? text.length : [...stripVTControlCharacters(text)].length);

/** Columns as wide as their widest cell. Cells may be coloured; other hidden characters are shown as escapes. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [...tableLines(head, rows, (cells) => cells)].join("");
}

/** The same line by line. Cells are made twice, once to measure and once to print, so that a long table is never held. */
export function* tableLines<T>(
  head: readonly string[],
  rows: readonly T[],
  cellsOf: (row: T) => readonly string[],
): Generator<string> {
  const widths = head.map(widthOf);
  const cleaned = (row: T) => cellsOf(row).map(cleanCell);
  for (const row of rows) {
    for (const [column, cell] of cleaned(row).entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const line = (cells: readonly string[]) => {
    const padded = cells.map(
      (cell, column) => `${cell}${" ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))}`,
    );
    return `${padded.join(GAP).trimEnd()}\n`;
  };
  yield line(head);
  for (const row of rows) yield line(cleaned(row));
}

/** Two columns without a head: names and values. */
export function renderPairs(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `${name.padEnd(width)}${GAP}${cleanCell(value)}\n`).join("");
}
