/** What people judge, and no machine: long files, names that the core exports twice, retired words. */
import { retiredWords } from "./retired-words.ts";
import type { Source } from "./sources.ts";

const LONG = 250;
const CORE = /^src\/(?:rotation|clients|notify|base)\//;
const EXPORT = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm;

/** The files of more than 250 lines, with their lines. */
export function longFiles(sources: readonly Source[]): string[] {
  return sources
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > LONG)
    .map(({ path, lines }) => `${path} (${lines})`);
}

/** The names that more than one file of the core exports, with those files. */
export function doubleNames(sources: readonly Source[]): string[] {
  const files = new Map<string, string[]>();
  for (const { path, text } of sources.filter((source) => CORE.test(source.path))) {
    for (const [, name = ""] of text.matchAll(EXPORT)) files.set(name, [...(files.get(name) ?? []), path]);
  }
  return [...files]
    .filter(([, paths]) => new Set(paths).size > 1)
    .map(([name, paths]) => `${name} (${paths.join(", ")})`);
}

/** The retired words that still stand in the core, with how often, and the word that took their place. */
export function retiredIn(sources: readonly Source[]): string[] {
  const texts = sources.filter((source) => CORE.test(source.path)).map(({ text }) => text);
  return Object.entries(retiredWords).flatMap(([word, instead]) => {
    const pattern = new RegExp(`\\b${word}\\b`, "g");
    const count = texts.reduce((sum, text) => sum + [...text.matchAll(pattern)].length, 0);
    return count === 0 ? [] : [`${word} (${count} times; ${instead})`];
  });
}
