import { workerData } from "node:worker_threads";
import { type Patch, sabotage } from "./patches.ts";

/** What such a thread is started with. */
export interface SabotagedThread {
  readonly patches: readonly Patch[];
  /** What it runs: a module that serves units. */
  readonly script: string;
}

const { patches, script } = workerData as SabotagedThread;
const { missing } = await (async () => {
  const done = sabotage(patches, new URL("../../../src/", import.meta.url));
  await import(script);
  return done;
})();
if (missing.length > 0) throw new Error(`patched files that nothing loads: ${missing.join(", ")}`);
