import { inspect } from "node:util";
import { printable } from "../../base/printable.ts";
import type { Runtime } from "../runtime.ts";
import { colours } from "./style.ts";

/** Moves to the top left corner and clears the screen. */
export const REDRAW = "\u001b[H\u001b[2J";
/** Clears the current line. */
export const CLEAR_LINE = "\r\u001b[K";

const codes = [...new Set(colours.flatMap((colour) => inspect.colors[colour] ?? []))].join("|");
/** One of our colours, for a regular expression. */
export const COLOUR = `\u001b\\[(?:${codes})m`;
const COLOURS = new RegExp(`(${COLOUR})`);
const LINE_ENDS = /(\r?\n)/;
const LINE_ENDS_AND_COLOURS = new RegExp(`(\r?\n|${COLOUR})`);

/** Every second piece is a separator, which stays as it is. */
function cleanBetween(text: string, kept: RegExp): string {
  return text
    .split(kept)
    .map((piece, index) => (index % 2 === 1 ? piece : printable(piece)))
    .join("");
}

/** Cleans a cell, which is one line; our colours stay. */
export const cleanCell = (cell: string): string => cleanBetween(cell, COLOURS);

/** Replaces hidden characters that are not ours. At a terminal, our colours stay, and so does a redraw sequence at the start of a write. */
function clean(text: string, isTerminal: boolean): string {
  const drawn = isTerminal ? ([REDRAW, CLEAR_LINE].find((sequence) => text.startsWith(sequence)) ?? "") : "";
  return drawn + cleanBetween(text.slice(drawn.length), isTerminal ? LINE_ENDS_AND_COLOURS : LINE_ENDS);
}

/**
 * Wraps the runtime as a last safety net for everything written or asked: text, JSON, CSV and help. JSON keeps its meaning. It cannot catch
 * a name that ends a line or contains our colours: renderers pass foreign text through `printable`, tables each cell.
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
