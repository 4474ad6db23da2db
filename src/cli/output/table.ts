import { stripVTControlCharacters } from "node:util";

const GAP = "  ";
const widthOf = (text: string) => [...stripVTControlCharacters(text)].length;

/** Columns as wide as their widest cell. Cells may be coloured; pass foreign text through `printable` first. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ""))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => `${cell}${" ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))}`)
      .join(GAP)
      .trimEnd();
  return `${lines.map(line).join("\n")}\n`;
}

/** Two columns without a head: what a thing is, and its value. */
export function renderPairs(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `${name.padEnd(width)}${GAP}${value}\n`).join("");
}
