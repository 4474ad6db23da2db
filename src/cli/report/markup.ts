import { printable } from "../../base/printable.ts";

/** HTML that is safe to insert into a page: made only by `html`, or a constant of ours. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function partText(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return printable(String(part)).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** A template that escapes every inserted text, for elements and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((page, fixed, index) => `${page}${partText(parts[index - 1] ?? null)}${fixed}`));
}
