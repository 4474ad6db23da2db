import { colours, type Style } from "../../../src/cli/output/style.ts";

/** Each colour as its name. */
export const namedStyle = Object.fromEntries(
  colours.map((name) => [name, (text: string) => `${name}(${text})`]),
) as Style;

/** A terminal without colours. */
export const plainStyle = Object.fromEntries(colours.map((name) => [name, (text: string) => text])) as Style;
