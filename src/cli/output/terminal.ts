import { inspect } from "node:util";
import { printable } from "../../base/printable.ts";
import type { Runtime } from "../runtime.ts";
import { colours } from "./style.ts";

/** From the top left corner, with nothing left of what stood there. */
export const REDRAW = "\u001b[H\u001b[2J";
/** Over the line that stands there. */
export const CLEAR_LINE = "\r\u001b[K";

const codes = [...new Set(colours.flatMap((colour) => inspect.colors[colour] ?? []))].join("|");
const COLOUR = `\u001b\\[(?:${codes})m`;
const COLOURS = new RegExp(`(${COLOUR})`);
const LINE_ENDS = /(\r?\n)/;
const LINE_ENDS_AND_COLOURS = new RegExp(`(\r?\n|${COLOUR})`);

/** Every second piece is what the text was split by, and stays. */
function cleanBetween(text: string, kept: RegExp): string {
  return text
    .split(kept)
    .map((piece, index) => (index % 2 === 1 ? piece : printable(piece)))
    .join("");
}

/** Of a cell, which is one line: our colours stay. */
export const cleanCell = (cell: string): string => cleanBetween(cell, COLOURS);

/** What is written, without any hidden character that is not ours: at a terminal our colours, and what draws over at the start of a write. */
function clean(text: string, isTerminal: boolean): string {
  const drawn = isTerminal ? ([REDRAW, CLEAR_LINE].find((sequence) => text.startsWith(sequence)) ?? "") : "";
  return drawn + cleanBetween(text.slice(drawn.length), isTerminal ? LINE_ENDS_AND_COLOURS : LINE_ENDS);
}

/**
 * The runtime with a last net under all that is written and asked: text, JSON, CSV and help alike. JSON says the same afterwards. A name that
 * ends a line or bears our colours is not caught here: renderers pass each foreign text through `printable`, and tables each cell.
 */
export function withCleanTerminal(runtime: Runtime): Runtime {
  const { isTerminal } = runtime;
  return {
    ...runtime,
    writeOut: (text) => runtime.writeOut(clean(text, isTerminal.stdout)),
    writeError: (text) => runtime.writeError(clean(text, isTerminal.stderr)),
    ask: (question) => runtime.ask(clean(question, isTerminal.stderr)),
  };
}
