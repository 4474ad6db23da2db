import { parentPort } from "node:worker_threads";

/** Has a thread of the pool do what it is sent: a unit in, what came of it out. */
export function serveUnits<Unit, Result>(run: (unit: Unit) => Promise<Result>): void {
  parentPort?.on("message", (unit: Unit) => {
    run(unit).then(
      (result) => parentPort?.postMessage({ result }),
      (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
}
