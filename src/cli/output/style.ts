import { styleText } from "node:util";

type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";
export type Style = Readonly<Record<Colour, (text: string) => string>>;

const colours: readonly Colour[] = ["red", "green", "yellow", "cyan", "dim", "bold"];

/** Colours, or none: only on a terminal, and not where NO_COLOR (no-color.org) is set to anything. */
export function createStyle(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Style {
  const isColoured = isTerminal && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
  const paint = (colour: Colour) => (text: string) =>
    isColoured ? styleText(colour, text, { validateStream: false }) : text;
  return Object.fromEntries(colours.map((colour) => [colour, paint(colour)])) as Style;
}

/** Text that somebody else wrote, safe to show: control characters could move the cursor or change the colours of a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\u00b7");
}
