import { problemOf } from "../cli-error.ts";
import type { Runtime } from "../runtime.ts";
import type { Witness } from "./made-since.ts";
import { failed, isTransient, NOT_STARTED, type OnStep, type Result, type Target, type Way } from "./target.ts";

/** Hears how it goes. */
export interface Watcher {
  started(target: Target): void;
  step(target: Target, text: string): void;
  ended(target: Target, result: Result): void;
}

export interface Crew {
  readonly runtime: Runtime;
  readonly concurrency: number;
  readonly wayOf: (target: Target) => Way;
  /** Null: nothing tells, so nothing is left out and nothing tried again. */
  readonly witness: Witness | null;
  readonly watcher: Watcher;
}

const TRIES = 3;
const PAUSE_MS = 5_000;

function already(versionNo: number): Result {
  const what = `version ${versionNo} was made since, and is CURRENT`;
  return { outcome: "already", versionNo, code: "ALREADY_ROTATED", what, next: "nothing" };
}

async function rotateOne({ runtime, wayOf, witness }: Crew, target: Target, onStep: OnStep): Promise<Result> {
  const { clock, signal } = runtime;
  const { secretId, since } = target;
  const way = wayOf(target);
  const run = async (): Promise<Result> => {
    try {
      return await way(target, onStep);
    } catch (thrown) {
      return failed(problemOf(thrown));
    }
  };
  if (witness === null || (target.via === "vault" && since === null)) return run();
  const before = await witness.look(secretId);
  const made = since === null ? null : await witness.madeSince(secretId, since, before);
  if (made !== null) return already(made);
  for (let tries = 1; ; tries++) {
    const result = await run();
    if (!isTransient(result) || before === null) return result;
    // Its answer may have been lost, or its last request may have landed late.
    const seen = await witness.look(secretId);
    const versionNo = await witness.madeSince(secretId, before.asOf, seen);
    if (versionNo !== null && versionNo !== before.current?.versionNo)
      return { ...already(versionNo), outcome: "rotated" };
    if (tries === TRIES || signal.aborted) return result;
    onStep(`${result.code}, once more`);
    await clock.sleep(PAUSE_MS * tries);
    if (signal.aborted) return result;
  }
}

/** Every target once, so many at a time; the failure of one is its result and stops no other. Ctrl-C starts nothing new. */
export async function rotateAll(crew: Crew, targets: readonly Target[]): Promise<readonly Result[]> {
  const { runtime, watcher } = crew;
  const results: Result[] = targets.map(() => NOT_STARTED);
  const left = targets.entries();
  const work = async () => {
    for (const [index, target] of left) {
      if (runtime.signal.aborted) return;
      watcher.started(target);
      let result: Result;
      try {
        result = await rotateOne(crew, target, (text) => watcher.step(target, text));
      } catch (thrown) {
        result = failed(problemOf(thrown));
      }
      results[index] = result;
      watcher.ended(target, result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(crew.concurrency, targets.length) }, work));
  return results;
}
