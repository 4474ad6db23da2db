import { onFirstUse } from "../base/on-first-use.ts";
import { printable } from "../base/printable.ts";
import { CliError } from "./cli-error.ts";
import type { AnyCommand, CommandContext } from "./command.ts";
import { pasteableData } from "./command-line.ts";
import { createFunctionClient } from "./function.ts";
import type { GlobalOptions } from "./global-options.ts";
import { createLocalFunction, createLocalPlan } from "./local.ts";
import { createOutput } from "./output/output.ts";
import { wrap } from "./output/wrap.ts";
import type { Runtime } from "./runtime.ts";
import { type SignedIn, signIn } from "./sign-in/sign-in.ts";

export function createContext(
  runtime: Runtime,
  options: GlobalOptions,
  { name, data: schema }: Pick<AnyCommand, "name" | "data">,
): CommandContext<unknown> {
  const out = createOutput(runtime, options);
  let signedIn: Promise<SignedIn> | null = null;
  let signInProblem: SignedIn["problem"] = () => null;
  const signInOnce = () => {
    signedIn ??= signIn(runtime, options, out.warn).then((signed) => {
      signInProblem = signed.problem;
      return signed;
    });
    return signedIn;
  };
  // All calls share one of each, also those that begin while it is being made.
  const local = onFirstUse(async () => createLocalFunction(runtime, await signInOnce(), out.debug));
  const plan = onFirstUse(async () => createLocalPlan(runtime, await signInOnce(), out.debug));
  const announce = async () => {
    const { as } = await signInOnce();
    if (!options.json) out.note(printable(`as ${as}`));
  };
  return {
    runtime,
    options,
    out,
    announce,
    signIn: signInOnce,
    print: (data, text) => {
      if (!options.json) out.text(text.endsWith("\n") || text === "" ? text : `${text}\n`);
      else if (schema === null)
        throw new CliError("USAGE", { what: `${name} has no --json`, next: "leave --json out" });
      else out.json(pasteableData(options, schema.parse(data)));
    },
    local: async (event, run) => (await local())(event, run),
    plan: async (secretId, task) => (await plan())(secretId, task),
    causeOf: (thrown) => (thrown instanceof CliError ? thrown : (signInProblem() ?? thrown)),
    invoke: async (functionId, event) =>
      createFunctionClient(runtime.transport, runtime.clock, await signInOnce()).invoke(functionId, event),
    confirm: async (question) => {
      if (signedIn !== null) await announce();
      if (options.yes) return true;
      if (!runtime.isTerminal.stdin || !runtime.isTerminal.stderr) {
        throw new CliError("CONFIRMATION_NEEDED", {
          what: "there is no terminal to ask at",
          means: "nothing was done",
          next: "add --yes if it is to be done without asking",
        });
      }
      return /^y(es)?$/i.test((await runtime.ask(`${wrap(`${question} [y/N]`, runtime.columns)} `)).trim());
    },
  };
}
