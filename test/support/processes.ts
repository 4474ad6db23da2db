import type { Transport } from "../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { type Answer, createHandler } from "../../src/rotation/handler.ts";
import { accessOver, STEPS, type World } from "./world.ts";
import { expectWellFormed } from "./worlds.ts";

/** A process of the function that a fault can kill: nothing it has sent or sends is answered then, and its call never ends. */
export interface FunctionProcess {
  /** Null: it was killed on the way. Rejects if an answer is not well formed or comes after the deadline. */
  call(event: unknown, seconds?: number): Promise<Answer | null>;
  /** The four steps as Vault runs them: ends with the first failure, or with the kill. */
  steps(secretId: string): Promise<(Answer | null)[]>;
  /** Every line written, as it was written. */
  readonly lines: readonly string[];
}

export interface ProcessOptions {
  /** Settings besides those of the world. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Each request is held back by up to so much, at random, so that processes interleave differently for each seed. */
  readonly jitterMs?: number;
}

/**
 * Starts another process in a world, with its own memory, name and random numbers.
 * @param seed also tells processes apart: use each one once per world
 */
export function startProcess(
  world: Pick<World, "clock" | "emulator" | "environment">,
  seed: number,
  { environment = {}, jitterMs = 0 }: ProcessOptions = {},
): FunctionProcess {
  const { clock, emulator } = world;
  const name = `process-${seed}`;
  const caller = emulator.startCaller(name);
  const lines: string[] = [];
  const jitter = createSeededEntropy(2000 + seed);
  const transport: Transport = async (request) => {
    if (jitterMs > 0) await clock.sleep(jitter.fraction() * jitterMs);
    return caller.transport(request);
  };
  const handler = createHandler({
    clock,
    entropy: createSeededEntropy(1000 + seed),
    transport,
    vaultAccess: () => accessOver(transport),
    environment: { ...world.environment, ...environment },
    write: (line) => {
      lines.push(line);
    },
  });
  const call: FunctionProcess["call"] = async (event, seconds = 300) => {
    const deadline = clock.now() + seconds * 1000;
    const killed = new Promise<null>((resolve) => {
      const before = emulator.onKill;
      emulator.onKill = (who, record) => {
        before?.(who, record);
        if (who === name) resolve(null);
      };
    });
    const context = { callID: `01CALL${seed}`, deadline: new Date(deadline) };
    const answer = await Promise.race([handler(Buffer.from(JSON.stringify(event)), context), killed]);
    if (answer === null) return null;
    expectWellFormed(answer);
    if (clock.now() > deadline) throw new Error(`the answer came ${clock.now() - deadline} ms after the deadline`);
    return answer;
  };
  return {
    lines,
    call,
    async steps(secretId) {
      const answers: (Answer | null)[] = [];
      let versionNo: number | null = null;
      for (const step of STEPS) {
        const answer: Answer | null = await call({ step, secretId, versionNo });
        answers.push(answer);
        if (answer === null || answer.responseCode !== 200) return answers;
        versionNo = answer.versionNo;
      }
      return answers;
    },
  };
}
