import type * as z from "zod/mini";
import type { Plannable, Planned } from "../rotation/plan/planning.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Field } from "./fields.ts";
import type { FunctionAnswer } from "./function.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { LocalRun } from "./local.ts";
import type { Output } from "./output/output.ts";
import type { Runtime } from "./runtime.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";

/** One argument or option. The key under which it stands is the name that the value gets: for `--dry-run` it is `dryRun`. */
export interface Parameter<T> {
  /** As commander writes it: `<secret-id>`, `[secret-id...]`, `--within <duration>`, `--dry-run`. */
  readonly flags: string;
  readonly does: string;
  readonly takes: Field<T>;
  /** As it would be typed. */
  readonly default?: string;
}
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
export type ValuesOf<P extends Parameters> = { readonly [K in keyof P]: z.output<P[K]["takes"]> };

/** What a command is given. Sign-in happens at the first use, so `--help` and bad arguments need none. */
export interface CommandContext<D> {
  readonly runtime: Runtime;
  readonly options: GlobalOptions;
  readonly out: Output;
  /** Prints the result: with `--json` the data, held to the command's schema; else the text. */
  print(data: D, text: string): void;
  /** Who signs, and where OCI is. Remembered. Throws CliError with exit code 3. */
  signIn(): Promise<SignedIn>;
  /** Runs the real pipeline in this process as the operator; see `local.ts`. Throws CliError where the sign-in was lost on the way. */
  local(event: object, run?: LocalRun): Promise<FunctionAnswer>;
  /** Says what the pipeline would do next here, and why, with reads alone; see `src/rotation/plan/planning.ts`. Throws RotationError. */
  plan(secretId: string, task: Plannable): Promise<Planned>;
  /** Sends the event to a deployed function; see `function.ts`. */
  invoke(functionId: string, event: object): Promise<FunctionAnswer>;
  /** What really ended a command: where nothing signed gets through any more, that, and not what the pipeline took it for. */
  causeOf(thrown: unknown): unknown;
  /** True with `--yes` or after "y" at a terminal. Throws CliError where nobody can be asked. */
  confirm(question: string): Promise<boolean>;
}

export interface Example {
  readonly does: string;
  /** The whole line after `oci-rotate `. */
  readonly line: string;
}

interface Described {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Paragraphs that teach: what it does, what it changes, when to use it. */
  readonly description: string;
  readonly examples: readonly Example[];
}

/** One command, described once: help, checking of values, JSON schema, completion and docs/cli.md all come from here. */
export interface CommandDefinition<A extends Parameters = Parameters, O extends Parameters = Parameters, D = unknown>
  extends Described {
  readonly arguments: A;
  readonly options: O;
  /** The shape of `--json`; null: the command prints something else. */
  readonly data: z.ZodMiniType<D> | null;
  run(context: CommandContext<D>, values: ValuesOf<A> & ValuesOf<O>): Promise<ExitCode>;
}

/** Commands below one word, as `schedule show`. */
export interface CommandGroup extends Described {
  readonly commands: readonly (AnyCommand | CommandGroup)[];
}

/** A command whose types only it itself knows. */
export interface AnyCommand extends Described {
  readonly arguments: Parameters;
  readonly options: Parameters;
  readonly data: z.ZodMiniType | null;
  start(context: CommandContext<unknown>, values: Readonly<Record<string, unknown>>): Promise<ExitCode>;
}

export function defineCommand<A extends Parameters, O extends Parameters, D>(
  definition: CommandDefinition<A, O, D>,
): AnyCommand {
  return {
    ...definition,
    start: (context, values) => definition.run(context as CommandContext<D>, values as ValuesOf<A> & ValuesOf<O>),
  };
}
