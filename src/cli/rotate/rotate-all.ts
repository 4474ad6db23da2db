import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { Problem } from "../cli-error.ts";
import type { Runtime } from "../runtime.ts";
import { already, leftAlone } from "./left-alone.ts";
import type { Seen, Witness } from "./made-since.ts";
import { failed, isTransient, NOT_STARTED, type OnStep, type Result, type Target, type Way } from "./target.ts";

/** Receives progress. */
export interface Watcher {
  started(target: Target): void;
  step(target: Target, text: string): void;
  ended(target: Target, result: Result): void;
}

export interface Crew {
  readonly runtime: Runtime;
  readonly concurrency: number;
  readonly wayOf: (target: Target) => Way;
  /** Null: nothing can be known, so nothing is skipped and nothing retried. */
  readonly witness: Witness | null;
  /** Nothing is changed, so nothing is retried. */
  readonly isDry: boolean;
  readonly watcher: Watcher;
  /** Start nothing new: the operator interrupted, or the sign-in has ended. */
  readonly isOver: () => boolean;
  readonly problemOf: (thrown: unknown) => Problem;
}

const TRIES = 3;
const PAUSE_MS = 5_000;

/** A function whose answer was lost may keep running for as long as the platform lets it. */
const FUNCTION_LIMIT_MS = 300_000;

/** Whether a version above CURRENT was written since this command started on the secret. */
function isUnderWay(seen: Seen | null, since: number): boolean {
  if (seen === null) return true;
  const { current, newest } = seen;
  return newest !== null && newest.versionNo > (current?.versionNo ?? 0) && newest.createdAt > since;
}

/**
 * Waits before a retry and checks whether one is needed. An answer may have been lost, a last request may land late, and a function may
 * still be running. Returns the version that has become CURRENT meanwhile, or null.
 */
async function settled(
  { runtime, isOver }: Crew,
  witness: Witness,
  target: Target,
  before: Seen,
): Promise<number | null> {
  const { clock } = runtime;
  const from = clock.monotonic();
  for (;;) {
    const seen = await witness.look(target.secretId);
    const made = await witness.madeSince(target.secretId, before.asOf, seen);
    if (made !== null && made !== before.current?.versionNo) return made;
    const waited = clock.monotonic() - from;
    const mayBeAtWork = target.via === "function" && isUnderWay(seen, before.asOf) && waited < FUNCTION_LIMIT_MS;
    if (isOver() || (waited >= PAUSE_MS && !mayBeAtWork)) return null;
    await clock.sleep(PAUSE_MS);
  }
}

async function rotateOne(crew: Crew, target: Target, onStep: OnStep): Promise<Result> {
  const { wayOf, witness, isOver, isDry } = crew;
  const { secretId, since, withinMs } = target;
  const way = wayOf(target);
  const run = async (): Promise<Result> => {
    try {
      return await way(target, onStep);
    } catch (thrown) {
      return failed(crew.problemOf(thrown));
    }
  };
  const isAsked = since !== null || withinMs !== null;
  if (witness === null || (!isAsked && (isDry || target.via === "vault"))) return run();
  const before = await witness.look(secretId);
  const left = await leftAlone(witness, target, before);
  if (left !== null) return left;
  if (isDry) return run();
  for (let tries = 1; ; tries++) {
    const result = await run();
    if (!isTransient(result) || before === null) return result;
    onStep(result.code);
    const versionNo = await settled(crew, witness, target, before);
    if (versionNo !== null) return { ...already(versionNo), outcome: "rotated" };
    if (tries === TRIES || isOver()) return result;
    onStep("once more");
  }
}

/** Runs every target once, with at most n in parallel. A failure is that target's result and stops no other. After Ctrl-C none starts. */
export function rotateAll(crew: Crew, targets: readonly Target[]): Promise<readonly Result[]> {
  const { watcher } = crew;
  return mapConcurrent(targets, crew.concurrency, async (target) => {
    if (crew.isOver()) return NOT_STARTED;
    watcher.started(target);
    let result: Result;
    try {
      result = await rotateOne(crew, target, (text) => watcher.step(target, text));
    } catch (thrown) {
      result = failed(crew.problemOf(thrown));
    }
    watcher.ended(target, result);
    return result;
  });
}
