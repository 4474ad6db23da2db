/** Spreadsheets take a cell that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | boolean | null): string {
  if (value === null) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type Cells = readonly (string | number | boolean | null)[];

/** RFC 4180, lines ended with CRLF. A text that a spreadsheet would run gets an apostrophe in front. */
export function csvLine(cells: Cells): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

export function renderCsv(head: readonly string[], rows: readonly Cells[]): string {
  return [head, ...rows].map(csvLine).join("");
}
