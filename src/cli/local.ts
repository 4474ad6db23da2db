import { createHandler } from "../handler.ts";
import { asOperator } from "./cli-error.ts";
import type { FunctionAnswer } from "./function.ts";
import type { Runtime } from "./runtime.ts";
import { localEnvironment } from "./settings.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";

/** What one local run may hear and use. */
export interface LocalRun {
  /** Every line that the function would log, parsed: `event`, `stage`, `outcome`, `ms`. Holds no secret. */
  readonly onLog?: (line: Readonly<Record<string, unknown>>) => void;
  /** How long the call may take, milliseconds; as the platform's deadline. Default: OROT_BUDGET_SECONDS. */
  readonly limitMs?: number;
}

/** Sends one event through the pipeline; answers as the function would. Never rejects. */
export type LocalFunction = (event: object, run?: LocalRun) => Promise<FunctionAnswer>;

/**
 * The function itself, run in this process with the operator's credentials: the same handler, stages and recovery. Token cache and rate gate
 * are shared by all calls of one `LocalFunction`, so bulk runs make one and keep it.
 */
export function createLocalFunction(runtime: Runtime, { access }: Pick<SignedIn, "access">): LocalFunction {
  const { clock, entropy, transport } = runtime;
  const listeners = new Map<string, (line: Readonly<Record<string, unknown>>) => void>();
  const handler = createHandler({
    clock,
    entropy,
    transport,
    vaultAccess: () => access,
    environment: localEnvironment(runtime),
    write: (text) => {
      const line: Record<string, unknown> = JSON.parse(text);
      listeners.get(String(line["callId"]))?.(line);
    },
  });
  return async (event, { onLog, limitMs } = {}) => {
    const callID = entropy.uuid();
    if (onLog !== undefined) listeners.set(callID, onLog);
    const deadline = limitMs === undefined ? null : new Date(clock.now() + limitMs);
    try {
      const answer = await handler(Buffer.from(JSON.stringify(event)), { callID, deadline });
      const { stages, ...rest } = answer;
      const copied = stages === undefined ? {} : { stages: stages.map((stage) => ({ ...stage })) };
      return { ...rest, ...copied, returnMessage: asOperator(answer.returnMessage) };
    } finally {
      listeners.delete(callID);
    }
  };
}
