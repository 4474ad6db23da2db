import { printable } from "../../base/printable.ts";

/**
 * Where a spreadsheet may begin to read a formula: at the start of a cell, and after a semicolon, which separates cells where the comma is
 * for decimals; behind blanks, quotes and what cannot be seen, too, since some skip those. Full-width signs count in some languages.
 */
const FORMULA = /(^|;)(?=[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}"']*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

function cell(value: string | number | boolean | null): string {
  if (value === null) return "";
  const text = typeof value === "string" ? printable(value.replace(FORMULA, "$1'")) : String(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type Cells = readonly (string | number | boolean | null)[];

/** RFC 4180, lines ended with CRLF. What a spreadsheet would run gets an apostrophe in front. */
export function csvLine(cells: Cells): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

export function renderCsv(head: readonly string[], rows: readonly Cells[]): string {
  return [head, ...rows].map(csvLine).join("");
}
