import { problemOfAnswer } from "../../checker.ts";
import type { Run } from "../finished.ts";
import { judgeForeign, judgePlanted } from "./changes.ts";
import { type Deeds, judgeLent } from "./deeds.ts";
import { judgeEnded } from "./ended.ts";
import { judgeExfiltrated } from "./exfiltrated.ts";
import { judgeLost } from "./lost.ts";
import { judgeMisled } from "./misled.ts";
import { judgeSilent } from "./silent.ts";

/** What must be 0 in every run but one that raced. */
export const violationNames = [
  ...(["exfiltrated", "planted", "foreignChanges", "lost", "lent", "ended", "misled"] as const),
  ...(["notConverged", "crossed", "masked", "silent", "malformed"] as const),
] as const;
export type ViolationName = (typeof violationNames)[number];

export type Judgement = Readonly<Record<ViolationName, number>> & {
  readonly raced: number;
  /** Violations in words, without any secret. */
  readonly problems: readonly string[];
};

/** Lines of the product's own second lines: each of them is a defect of its first. */
function linesOf({ world }: Run, event: string): string[] {
  return world.log.filter((line) => line.includes(`"event":"${event}"`)).map(() => `a line ${event}`);
}

/**
 * The attacker has left no room for a rotation, and the last answer says so. No promise covers that an attacker can
 * block one.
 */
function isFull({ world }: Run): boolean {
  const end = world.calls.at(-1)?.end;
  return end?.kind === "answered" && end.answer.returnMessage.startsWith("NO_VERSION_SLOTS:");
}

function judgeAnswers({ world }: Run): string[] {
  return world.calls.flatMap(({ end, event }) => {
    if (end?.kind === "threw") return ["malformed: the handler threw"];
    const problem = end?.kind === "answered" ? problemOfAnswer(end.answer, event) : null;
    return problem === null ? [] : [`malformed: ${problem}`];
  });
}

/** Judges a finished run from outside. @param base what the same run does without the attacker */
export function judge(run: Run, base: Deeds): Judgement {
  const { isLost, isRaced } = judgeLost(run);
  const found: Readonly<Record<ViolationName, readonly string[]>> = {
    exfiltrated: judgeExfiltrated(run),
    planted: judgePlanted(run),
    foreignChanges: judgeForeign(run),
    lost: isLost ? ["lost: no version of S works, and no way back exists"] : [],
    lent: judgeLent(run, base),
    ended: judgeEnded(run),
    misled: judgeMisled(run),
    notConverged:
      isLost || isRaced || run.isConverged || isFull(run)
        ? []
        : ["not converged: S does not work by its CURRENT version"],
    crossed: linesOf(run, "crossing-refused"),
    masked: linesOf(run, "secret-masked"),
    silent: judgeSilent(run),
    malformed: judgeAnswers(run),
  };
  const counts = Object.fromEntries(violationNames.map((name) => [name, found[name].length]));
  return {
    ...(counts as Record<ViolationName, number>),
    raced: isRaced ? 1 : 0,
    problems: violationNames.flatMap((name) => found[name]),
  };
}
