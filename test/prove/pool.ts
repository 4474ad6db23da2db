import { Worker } from "node:worker_threads";

/** Does the units, in whatever order and wherever, and tells what came of each. */
export type Workers<Unit, Result> = (
  units: readonly Unit[],
  onDone: (unit: Unit, result: Result) => void,
) => Promise<void>;

/** Nearly everything that a schedule makes is garbage when it ends: few, large collections are the cheapest. */
const YOUNG_MB = 128;
const THREADS = 2;

type Reply<Result> = { readonly result: Result } | { readonly error: string };

/**
 * Threads that each do one unit at a time. `close` ends them.
 * @param script what a thread runs: it answers each message, a unit, by one `Reply`
 * @param workerData what each thread is started with
 */
export function createPool<Unit, Result>(
  script: URL,
  workerData: unknown = null,
  threadCount = THREADS,
): { readonly workers: Workers<Unit, Result>; close(): Promise<void> } {
  const threads = Array.from({ length: threadCount }, () => {
    return new Worker(script, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  });
  const ask = (thread: Worker, unit: Unit): Promise<Result> =>
    new Promise((resolve, reject) => {
      const onError = (error: unknown) => reject(error);
      thread.once("error", onError);
      thread.once("message", (reply: Reply<Result>) => {
        thread.off("error", onError);
        if ("result" in reply) resolve(reply.result);
        else reject(new Error(reply.error));
      });
      thread.postMessage(unit);
    });
  return {
    workers: async (units, onDone) => {
      const left = [...units];
      const drain = async (thread: Worker) => {
        for (let unit = left.shift(); unit !== undefined; unit = left.shift()) onDone(unit, await ask(thread, unit));
      };
      await Promise.all(threads.map(drain));
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
