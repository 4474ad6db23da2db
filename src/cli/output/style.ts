import { styleText } from "node:util";

type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";
export type Style = Readonly<Record<Colour, (text: string) => string>>;

export const colours: readonly Colour[] = ["red", "green", "yellow", "cyan", "dim", "bold"];

/** Colours only at a terminal, and not if NO_COLOR (no-color.org) is set to a non-empty value or the terminal is dumb. */
export function createStyle(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Style {
  const isColoured = isTerminal && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
  const paint = (colour: Colour) => (text: string) =>
    isColoured ? styleText(colour, text, { validateStream: false }) : text;
  return Object.fromEntries(colours.map((colour) => [colour, paint(colour)])) as Style;
}
