/** The runbook's pages of the error codes: a head from the error family, and below it what somebody wrote. */
import { withPart } from "./markers.ts";
import { type CodeFacts, cell, codes } from "./reference-tables.ts";

export const CODE_PAGES = "docs/runbook/codes";
/** What every page says, in this order. */
const SECTIONS = ["Meaning", "State", "What to do", "What not to do"];

const placeOf = (code: string) => `${CODE_PAGES}/${code}.md`;
const titleOf = (code: string) => `# ${code}\n`;
const head = ({ responseCode, when, nextAction }: CodeFacts) =>
  [
    "| responseCode | when | usual next action |",
    "|---|---|---|",
    `| ${responseCode} | ${cell(when)} | ${cell(nextAction)} |`,
  ].join("\n");
/** What a new code begins with. */
const skeleton = (code: string) =>
  [titleOf(code), "<!-- head:begin -->\n<!-- head:end -->\n", ...SECTIONS.map((name) => `## ${name}\n`)].join("\n");

/** The pages as they should be. @param read gives a file's text, or an empty one if there is none */
export function runbookPages(read: (name: string) => string): { readonly name: string; readonly text: string }[] {
  return codes.map((facts) => {
    const name = placeOf(facts.code);
    return { name, text: withPart(name, read(name) || skeleton(facts.code), "head", head(facts)) };
  });
}

function problemOf(name: string, code: string, text: string): string | null {
  if (text === "") return `${name} is missing: run npm run docs, and write it`;
  if (!text.startsWith(titleOf(code))) return `${name} must begin with the line # ${code}`;
  const parts = text.split(/^## (.+)$/m).slice(1);
  const titles = parts.filter((_, index) => index % 2 === 0);
  if (titles.join() !== SECTIONS.join()) return `${name} needs the sections ${SECTIONS.join(", ")}, in this order`;
  const empty = titles.find((_, index) => parts[2 * index + 1]?.trim() === "");
  return empty === undefined ? null : `${name} says nothing under ${empty}`;
}

/** What nobody has written yet, by code; and pages of codes that are no more. @param names of the files in the folder */
export function runbookProblems(
  read: (name: string) => string,
  names: readonly string[],
): { unwritten: string[]; strange: string[] } {
  const unwritten = codes.map(({ code }) => problemOf(placeOf(code), code, read(placeOf(code))));
  const known = new Set<string>(codes.map(({ code }) => `${code}.md`));
  const strange = names
    .filter((name) => !known.has(name))
    .map((name) => `${CODE_PAGES}/${name} belongs to no code: delete it`);
  return { unwritten: unwritten.filter((problem) => problem !== null), strange };
}
