import { createLog } from "../base/log.ts";
import { createCallsInTurn, createClientTurns } from "../rotation/actions/client-turns.ts";
import { createCalls } from "../rotation/calls.ts";
import type { StageNote } from "../rotation/context.ts";
import { createHandler } from "../rotation/handler.ts";
import { type Plannable, type Planned, planNext } from "../rotation/plan/planning.ts";
import { asOperator, CliError } from "./cli-error.ts";
import { type FunctionAnswer, partsOf } from "./function.ts";
import type { Runtime } from "./runtime.ts";
import { localEnvironment, localSettings } from "./settings.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";

/** Options of one local run. */
export interface LocalRun {
  /** Called as each stage ends. */
  readonly onStage?: (note: StageNote) => void;
  /** Time limit of the call in milliseconds, in place of the platform's deadline. Default: OROT_BUDGET_SECONDS. */
  readonly limitMs?: number;
}

/** The operator's identity, and whether its signed requests still succeed. */
type Operator = Pick<SignedIn, "access"> & Partial<Pick<SignedIn, "problem">>;

/** Sends one event through the pipeline; answers as the function would. Throws CliError only if the sign-in ended on the way. */
export type LocalFunction = (event: LocalEvent, run?: LocalRun) => Promise<FunctionAnswer>;

/** An event about one secret. */
export interface LocalEvent {
  readonly secretId: string;
  readonly [member: string]: unknown;
}

/** What the pipeline says when the sign-in is lost. Anything else that it says is worth showing too. */
const MISTAKEN =
  /^(?:the answer to \w+ could not be read|Vault did not answer \w+(?:: .+)?|Vault refused \w+ with 401)$/;

/** Adds the end of the run to the error, above all that a new client secret could not be stored. */
function withEnd(lost: CliError, returnMessage: string): CliError {
  const { what } = partsOf({ returnMessage });
  if (MISTAKEN.test(what)) return lost;
  return new CliError(lost.code, {
    what: lost.problem.what,
    means: `the run ended there: ${asOperator(what)}`,
    next: `${lost.problem.next}, then run oci-rotate heal for this secret`,
  });
}

/**
 * The function itself, run in this process with the operator's credentials: the same handler, stages and recovery. All calls of one
 * `LocalFunction` share its token cache and rate gate, so bulk runs keep one. Secrets of one client are served one after the other.
 * @param write is called with each line that the function would log, without its line end; no line holds a secret
 */
export function createLocalFunction(
  runtime: Runtime,
  { access, problem }: Operator,
  write: (line: string) => void = () => undefined,
): LocalFunction {
  const { clock, entropy, transport, signal } = runtime;
  const clientTurns = createClientTurns();
  const inTurn = createCallsInTurn(clientTurns, signal);
  const handler = createHandler({
    clientTurns,
    clock,
    entropy,
    transport,
    vaultAccess: () => access,
    environment: localEnvironment(runtime),
    write: (line) => write(line.trimEnd()),
  });
  return async (event, { onStage, limitMs } = {}) => {
    const answer = await inTurn(event.secretId, () => {
      const deadline = limitMs === undefined ? null : new Date(clock.now() + limitMs);
      return handler(Buffer.from(JSON.stringify(event)), { callID: null, deadline, onStage });
    });
    const lost = answer.responseCode === 200 ? null : (problem?.() ?? null);
    if (lost !== null) throw withEnd(lost, answer.returnMessage);
    const { stages, endpoints, deliveries, ...rest } = answer;
    const copied = stages === undefined ? {} : { stages: stages.map((stage) => ({ ...stage })) };
    const lists = {
      ...(endpoints && { endpoints: [...endpoints] }),
      ...(deliveries && { deliveries: deliveries.map((one) => ({ ...one })) }),
    };
    return { ...rest, ...copied, ...lists, returnMessage: asOperator(answer.returnMessage) };
  };
}

/** Finds out what a task would do next, without doing it: see `planNext`. @throws RotationError */
export type LocalPlan = (secretId: string, task: Plannable) => Promise<Planned>;

/** All plans of one `LocalPlan` share its token cache and rate gate. */
export function createLocalPlan(
  runtime: Runtime,
  { access }: Operator,
  write: (line: string) => void = () => undefined,
): LocalPlan {
  const { clock, entropy, transport } = runtime;
  const begin = createCalls({ clock, entropy, transport, vaultAccess: () => access });
  const settings = localSettings(runtime);
  return async (secretId, task) => {
    const log = createLog((line) => write(line.trimEnd()), clock, settings.logFullOcids, { step: "PLAN" });
    const { contextFor } = await begin(settings, null);
    return planNext(contextFor(secretId, log), task);
  };
}
