import type { Runtime } from "../src/cli/runtime.ts";
import { createSeededEntropy } from "../src/emulator/core/seeded-entropy.ts";
import type { Emulator } from "../src/emulator/emulator.ts";

function unused(): never {
  throw new Error("the command asked for what a script has not");
}

interface Given {
  readonly input?: string | null;
  readonly environment?: Runtime["environment"];
  readonly print?: Runtime["writeOut"];
  readonly printError?: Runtime["writeError"];
}

/** What a command is given as a script gives it: no terminal, and what it prints goes to `print`. */
export function quietRuntime(
  clock: Runtime["clock"],
  emulator: Emulator,
  homeDirectory: string,
  { input = null, environment = {}, print = () => undefined, printError = () => undefined }: Given = {},
): Runtime {
  return {
    clock,
    entropy: createSeededEntropy(3),
    transport: emulator.transport,
    environment,
    homeDirectory,
    writeOut: print,
    writeError: printError,
    isTerminal: { stdin: false, stdout: false, stderr: false },
    columns: null,
    ask: unused,
    readInput: async () => input ?? Promise.reject(new Error("nothing was to be read")),
    execute: unused,
    instancePrincipal: unused,
    functionBundle: "",
    signal: new AbortController().signal,
  };
}
