/** What documents quote of an answer is what the code answers: a code's `responseCode`, and the words of a `returnMessage`. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { codes } from "../reference-tables.ts";
import { ROOT } from "../run.ts";
import type { Document } from "./documents.ts";

/** As in `LOCKED_OUT` (400). */
const CODE_AND_STATUS = /`([A-Z]+(?:_[A-Z]+)*)` \((?:`responseCode` )?(\d{3})\)/g;
const MESSAGE = /"responseCode":(\d{3}),"returnMessage":"([A-Z_]+): ([^"]+?)(?:\. Next: ([^"]+?)\.)?"/g;
/** A text of the code, on one line. */
const LITERAL = /"((?:\\.|[^"\\\n])+)"|`((?:\\.|[^`\\\n])+)`/g;
const VALUE = /\$\{[^}]*\}/;
/** A text that is nearly nothing but values would match everything. */
const isTelling = (text: string) => /^[a-z$]/.test(text) && /[a-z]{4}.*[a-z]{3}/.test(text.split(VALUE).join(""));
const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
/** Stands in a document for what is left out. */
const LEFT_OUT = "…";

const statusOf = new Map<string, number>([
  ["OK", 200],
  ...codes.map(({ code, responseCode }) => [code, responseCode] as const),
]);

/** The texts of the code, each as a pattern in which a value may be anything. */
const texts: readonly RegExp[] = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("emulator"))
  .flatMap((file) => [...readFileSync(path.join(ROOT, "src", file), "utf8").matchAll(LITERAL)])
  .map(([, plain, template]) => plain ?? template ?? "")
  .filter(isTelling)
  .map((text) => new RegExp(`^${text.split(VALUE).map(escaped).join(".{1,60}")}$`));

function problemsOf({ name, text }: Document): { quotes: number; problems: string[] } {
  const coded = [...text.matchAll(CODE_AND_STATUS)].map(([, code = "", status = ""]) => {
    const known = statusOf.get(code);
    if (known === undefined) return `${name}: there is no code ${code}`;
    return known === Number(status) ? null : `${name}: ${code} has responseCode ${known}, not ${status}`;
  });
  const messages = [...text.matchAll(MESSAGE)].flatMap(([, status = "", code = "", ...parts]) => [
    statusOf.get(code) === Number(status) ? null : `${name}: ${code} does not go with ${status}`,
    ...parts
      .filter((part) => part !== undefined && part !== LEFT_OUT)
      .map((part) => (texts.some((one) => one.test(part)) ? null : `${name}: the code does not say "${part}"`)),
  ]);
  const all = [...coded, ...messages];
  return { quotes: all.length, problems: all.filter((problem) => problem !== null) };
}

export function checkQuotes(documents: readonly Document[]): { quotes: number; problems: string[] } {
  const found = documents.map(problemsOf);
  return {
    quotes: found.reduce((sum, { quotes }) => sum + quotes, 0),
    problems: found.flatMap(({ problems }) => problems),
  };
}
