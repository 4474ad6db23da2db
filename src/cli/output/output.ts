import { inspect } from "node:util";
import { isErrorCode } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { framesOf, problemOf } from "../cli-error.ts";
import { type Given, pasteable, pasteableData } from "../command-line.ts";
import type { GlobalOptions } from "../global-options.ts";
import type { Runtime } from "../runtime.ts";
import { createStyle, type Style } from "./style.ts";
import { wrap } from "./wrap.ts";

/** stdout is only for the result, stderr for everything else. */
export interface Output {
  /** Colours for stdout. */
  readonly style: Style;
  /** A result that is neither the command's text nor its JSON: CSV, a script. */
  raw(text: string): void;
  /** Text in lines, which are broken between words where the terminal is narrow. */
  text(text: string): void;
  /** The same for a long result, written as it is produced, so that it is never held whole. */
  parts(parts: Iterable<string>): void;
  /** Progress: a line on stderr, only at a terminal. */
  note(text: string): void;
  /** A line on stderr that the operator must see, terminal or not. */
  warn(text: string): void;
  /** One line on stderr with `--debug`. */
  debug(text: string): void;
  /** Reports the error that ended a command. */
  fail(thrown: unknown): void;
  json(value: unknown): void;
}

/** Characters per write. */
const CHUNK = 16_384;
const sentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

export function createOutput(runtime: Runtime, options: Pick<GlobalOptions, "json" | "debug"> & Given): Output {
  const { environment, isTerminal } = runtime;
  const errorStyle = createStyle(isTerminal.stderr, environment);
  const errorColumns = isTerminal.stderr ? runtime.columns : null;
  const toError = (text: string) => runtime.writeError(`${wrap(pasteable(options, text), errorColumns)}\n`);
  const json = (value: unknown) => runtime.writeOut(`${JSON.stringify(value, null, isTerminal.stdout ? 2 : 0)}\n`);
  return {
    style: createStyle(isTerminal.stdout, environment),
    raw: runtime.writeOut,
    text: (text) => runtime.writeOut(wrap(pasteable(options, text), runtime.columns)),
    parts: (parts) => {
      let chunk = "";
      for (const part of parts) {
        chunk += part;
        if (chunk.length < CHUNK) continue;
        runtime.writeOut(chunk);
        chunk = "";
      }
      if (chunk !== "") runtime.writeOut(chunk);
    },
    json,
    note: (text) => {
      if (isTerminal.stderr) toError(errorStyle.dim(text));
    },
    warn: (text) => toError(`${errorStyle.yellow("warning:")} ${text}`),
    debug: (text) => {
      if (options.debug) toError(text);
    },
    fail: (thrown) => {
      const { code, what, means, next } = problemOf(thrown);
      if (options.json) json(pasteableData(options, { error: { code, what, means, next } }));
      const happened = means === null ? what : `${what}; ${means}`;
      // As in the function's answers: these codes have a page in the runbook.
      const told = isErrorCode(code) && code !== "INTERNAL" ? `${code}: ${happened}` : happened;
      toError(sentence(`${errorStyle.red("error:")} ${printable(told)}`));
      toError(sentence(`${errorStyle.bold("next:")}  ${printable(next)}`));
      if (options.debug) toError(thrown instanceof Error ? framesOf(thrown) : inspect(typeof thrown));
    },
  };
}
