import type { GlobalOptions } from "./global-options.ts";

/** Quotes a word for a shell. */
export const quoted = (text: string): string =>
  /^[\w./:@~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** What decides where a command goes, and as whom. `--json`, `--yes` and `--debug` are for one command. */
const signing = [
  ["--profile", "profile"],
  ["--config-file", "configFile"],
  ["--region", "region"],
  ["--endpoint", "endpoint"],
  ["--auth", "auth"],
] as const;

type Given = Pick<GlobalOptions, (typeof signing)[number][1] | "defaulted" | "program">;

/** One of our commands, ready to run, with the same sign-in options as the command that prints it. */
export function commandLine(given: Given, words: readonly string[]): string {
  const options = signing.flatMap(([flag, name]) => {
    const value = given[name];
    return value === null || given.defaulted.includes(name) ? [] : [flag, value];
  });
  return `${given.program} ${[...words, ...options].map(quoted).join(" ")}`;
}
