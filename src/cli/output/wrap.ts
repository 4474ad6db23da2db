import { stripVTControlCharacters } from "node:util";
import { COLOUR } from "./terminal.ts";

const widthOf = (text: string) => [...stripVTControlCharacters(text)].length;

/** From here to its end a line is to be pasted: a command, a policy line or a setting. A line end within it would run half of it. */
const PASTED = /(?:^|(?<= ))"?(?:> |(?:npx |npm run )?oci-rotate |oci |npm |export |eval |Allow )/;

/** What may stand on lines of its own, each with the blanks before it. */
function piecesOf(text: string): (readonly [gap: string, piece: string])[] {
  const at = text.search(PASTED);
  const words = [...(at < 0 ? text : text.slice(0, at)).matchAll(/( *)([^ ]+)/g)];
  const pasted = at < 0 ? [] : [[" ", text.slice(at)] as const];
  return [...words.map(([, gap = "", word = ""]) => [gap, word] as const), ...pasted];
}

/** Where the text of a line begins: behind the last gap in its first half, so that a value stays in its column. */
function startOf(plain: string, columns: number): number {
  const gaps = [...plain.matchAll(/ {2,}(?=\S)/g)].map(({ index, 0: gap }) => index + gap.length);
  return gaps.findLast((at) => at <= columns / 2) ?? 0;
}

function wrapLine(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  if (widthOf(line) <= columns) return line;
  const start = startOf(plain, columns);
  const head = headOf(line, start);
  const lines: string[] = [];
  let current = "";
  for (const [gap, piece] of piecesOf(line.slice(head.length))) {
    const longer = current === "" ? piece : `${current}${gap}${piece}`;
    if (current !== "" && start + widthOf(longer) > columns) {
      lines.push(current);
      current = piece;
    } else current = longer;
  }
  return `${head}${[...lines, current].join(`\n${" ".repeat(start)}`)}`;
}

/** A colour, which takes no room, or one character. */
const ATOM = new RegExp(`${COLOUR}|.`, "gu");

/** The first visible characters of a line, with the colours among them. */
function headOf(line: string, count: number): string {
  let [head, width] = ["", 0];
  for (const [atom] of line.matchAll(ATOM)) {
    if (width === count) break;
    head += atom;
    width += widthOf(atom);
  }
  return head;
}

/** Text for a terminal of this width, with whole words. Null: no terminal, and nothing is changed. What is to be pasted stays in one line. */
export function wrap(text: string, columns: number | null): string {
  if (columns === null) return text;
  return text
    .split("\n")
    .map((line) => wrapLine(line, columns))
    .join("\n");
}
