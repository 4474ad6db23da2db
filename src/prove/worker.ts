import "../silence.ts";
import { parentPort } from "node:worker_threads";
import { runUnit, type Unit } from "./unit.ts";

// One thread: a unit in, its figures out.
parentPort?.on("message", (unit: Unit) => {
  runUnit(unit).then(
    (figures) => parentPort?.postMessage({ figures }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
