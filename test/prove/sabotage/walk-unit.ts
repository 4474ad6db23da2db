import { createHandler } from "../../../src/rotation/handler.ts";
import type { WalkHistory } from "../walk.ts";
import type { Command, Trouble, Walk } from "../walk-commands.ts";
import { judgeWalk, parseWalk, replayWalk } from "../walks.ts";

const untroubled: Trouble = { faults: [], freeze: null, clockJump: null, seconds: 300, overlapMs: null };
/** Longer than a claim belongs to its writer. */
const PAUSE_MS = 5 * 60_000;

const calmCommands = {
  rotate: { do: "rotate", slot: 0, flow: "whole", trouble: untroubled },
  rollback: { do: "rollback", slot: 0, trouble: untroubled },
  wait: { do: "wait", ms: PAUSE_MS },
} as const satisfies Record<string, Command>;

/** A walk in which nothing goes wrong, all of it in one process. */
export function calmly(combination: string, commands: readonly (keyof typeof calmCommands)[]): Walk {
  return { combination, flow: "whole", commands: commands.map((name) => calmCommands[name]) };
}

/** Nothing troubles it, so each rotation ends well. */
function unfinished({ world, requestsBeforeQuiet }: WalkHistory): string[] {
  return world.calls.flatMap(({ event, end, firstRequest }) => {
    const isRotation = typeof event === "object" && event !== null && !("action" in event);
    if (!isRotation || firstRequest >= requestsBeforeQuiet) return [];
    const code = end?.kind === "answered" ? end.answer.responseCode : (end?.kind ?? "no end");
    return code === 200 ? [] : [`a rotation of an untroubled walk ends with ${code}`];
  });
}

/** What is said of a walk of `calmly`. */
export async function walkProblems(unit: string, seed: number): Promise<readonly string[]> {
  const history = await replayWalk(parseWalk(unit, seed), seed, createHandler);
  return [...judgeWalk(history).problems, ...unfinished(history)];
}
