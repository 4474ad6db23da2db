import type * as z from "zod/mini";
import type { Plannable, Planned } from "../rotation/plan/planning.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Field } from "./fields.ts";
import type { FunctionAnswer } from "./function.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { LocalEvent, LocalRun } from "./local.ts";
import type { Output } from "./output/output.ts";
import type { Runtime } from "./runtime.ts";
import { namePlaceOptions } from "./secret-argument.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";

/** One argument or option. Its key names the value in `values`: `dryRun` for `--dry-run`. */
export interface Parameter<T> {
  /** As commander writes it: `<secret>`, `[secret...]`, `--within <duration>`, `--dry-run`. */
  readonly flags: string;
  readonly does: string;
  readonly takes: Field<T>;
  /** As it would be typed. */
  readonly default?: string;
  /** A secret's OCID or name; `run` gets the OCID. */
  readonly isSecret?: boolean;
  /** `--compartment` has a purpose of its own beside it. */
  readonly sharesPlaces?: boolean;
}
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;
export type ValuesOf<P extends Parameters> = { readonly [K in keyof P]: z.output<P[K]["takes"]> };

/** What a command is given. It signs in at the first use, so `--help` and bad arguments need no sign-in. */
export interface CommandContext<D> {
  readonly runtime: Runtime;
  readonly options: GlobalOptions;
  readonly out: Output;
  /** Prints the result: with `--json` the data, checked against the command's schema; otherwise the text. */
  print(data: D, text: string): void;
  /** The signer, and where OCI is. Cached. Throws CliError with exit code 3. */
  signIn(): Promise<SignedIn>;
  /** Runs the real pipeline in this process as the operator; see `local.ts`. Throws CliError if the sign-in ends on the way. */
  local(event: LocalEvent, run?: LocalRun): Promise<FunctionAnswer>;
  /** Finds out what the pipeline would do next, and why, with reads only; see `src/rotation/plan/planning.ts`. Throws RotationError. */
  plan(secretId: string, task: Plannable): Promise<Planned>;
  /** Sends the event to a deployed function; see `function.ts`. */
  invoke(functionId: string, event: object): Promise<FunctionAnswer>;
  /** The actual cause of a failure: the lost sign-in if there was one, since the pipeline takes it for something else. */
  causeOf(thrown: unknown): unknown;
  /** Notes at a terminal who acts, where: before a change that is not asked about. `confirm` does it too. */
  announce(): Promise<void>;
  /** True with `--yes`, or after "y" at a terminal. Throws CliError without a terminal to ask at. */
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
  /** Paragraphs for the reader: what the command does, what it changes, when to use it. */
  readonly description: string;
  readonly examples: readonly Example[];
}

/** One command, described once. Help, validation of values, JSON schema, completion and docs/cli.md all derive from it. */
export interface CommandDefinition<A extends Parameters = Parameters, O extends Parameters = Parameters, D = unknown>
  extends Described {
  readonly arguments: A;
  readonly options: O;
  /** The shape of `--json`; null if the command has none. */
  readonly data: z.ZodMiniType<D> | null;
  run(context: CommandContext<D>, values: ValuesOf<A> & ValuesOf<O>): Promise<ExitCode>;
}

/** Commands below one word, as `schedule show`. */
export interface CommandGroup extends Described {
  readonly commands: readonly (AnyCommand | CommandGroup)[];
}

/** A command whose value types are known only to itself. */
export interface AnyCommand extends Described {
  readonly arguments: Parameters;
  readonly options: Parameters;
  readonly data: z.ZodMiniType | null;
  start(context: CommandContext<unknown>, values: Readonly<Record<string, unknown>>): Promise<ExitCode>;
}

export function defineCommand<A extends Parameters, O extends Parameters, D>(
  definition: CommandDefinition<A, O, D>,
): AnyCommand {
  const takesSecret = [definition.arguments, definition.options].some((parameters) =>
    Object.values<Parameter<unknown>>(parameters).some(({ isSecret }) => isSecret === true),
  );
  const missing = Object.entries(namePlaceOptions).filter(([key]) => !Object.hasOwn(definition.options, key));
  return {
    ...definition,
    options: { ...definition.options, ...(takesSecret && Object.fromEntries(missing)) },
    start: (context, values) => definition.run(context as CommandContext<D>, values as ValuesOf<A> & ValuesOf<O>),
  };
}
