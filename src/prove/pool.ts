import { Worker } from "node:worker_threads";
import type { Workers } from "./campaign.ts";
import type { Figures } from "./figures.ts";
import type { Unit } from "./unit.ts";

/** Nearly everything that a schedule makes is garbage when it ends: few, large collections are the cheapest. */
const YOUNG_MB = 128;

type Reply = { readonly figures: Figures } | { readonly error: string };

/** Threads that each do one unit at a time. `close` ends them. */
export function createPool(size: number): { readonly workers: Workers; close(): Promise<void> } {
  const threads = Array.from({ length: size }, () => {
    return new Worker(new URL("./worker.ts", import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
  });
  const ask = (thread: Worker, unit: Unit): Promise<Figures> =>
    new Promise((resolve, reject) => {
      const onError = (error: unknown) => reject(error);
      thread.once("error", onError);
      thread.once("message", (reply: Reply) => {
        thread.off("error", onError);
        if ("figures" in reply) resolve(reply.figures);
        else reject(new Error(reply.error));
      });
      thread.postMessage(unit);
    });
  const workers: Workers = async (units, onDone) => {
    const left = [...units];
    const drain = async (thread: Worker) => {
      for (let unit = left.shift(); unit !== undefined; unit = left.shift()) onDone(unit, await ask(thread, unit));
    };
    await Promise.all(threads.map(drain));
  };
  return {
    workers,
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
