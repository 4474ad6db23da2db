import { printable } from "../../base/printable.ts";

/**
 * Where a spreadsheet may start to read a formula: at the start of a cell, or after a semicolon, which separates cells where the comma is
 * the decimal sign. Some skip leading blanks, quotes and invisible characters. Full-width signs count in some languages.
 */
const FORMULA = /(^|;)(?=[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}"']*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

function cell(value: string | number | boolean | null): string {
  if (value === null) return "";
  const text = typeof value === "string" ? printable(value.replace(FORMULA, "$1'")) : String(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type Cells = readonly (string | number | boolean | null)[];

/** RFC 4180, with lines ended by CRLF. Text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csvLine(cells: Cells): string {
  return `${cells.map(cell).join(",")}\r\n`;
}
