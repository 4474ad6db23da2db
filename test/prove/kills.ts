import { mapConcurrent } from "../../src/base/map-concurrent.ts";
import { leaksIn } from "./canary.ts";
import { problemOfAnswer } from "./checker.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import { provenIssuers } from "./issuers/index.ts";
import { type KillRig, type KillSeams, openKillRig } from "./kill-rig.ts";
import { currentValue, type Liveness, leastCalls } from "./liveness.ts";
import { stepNames } from "./rotation.ts";
import { flows } from "./schedule.ts";
import type { Flow } from "./types.ts";

export interface KillFigures {
  readonly kills: number;
  /** How many of them were not made good. */
  readonly failures: number;
  /** Rotations with fewer requests than the one without a kill, so that nothing was killed. */
  readonly notStruck: number;
  /** Heals that it took at most, a heal counting 1 and each rotation after it 1 more. */
  readonly maxRotationsToConverge: number;
  readonly processes: number;
  /** The rotations without a kill, and those with one and what followed; how many of them ended with a new value. */
  readonly liveness: Liveness;
}

interface Outcome {
  readonly problems: readonly string[];
  readonly isRotated: boolean;
  readonly requests: number;
  readonly isStruck: boolean;
  readonly rounds: number;
  readonly processes: number;
}

/** The number of kills in parallel, which hide each other's waits. */
const AT_ONCE = 6;
const MAX_ROUNDS = 3;
const kinds = ["killed-before", "killed-after"] as const;

/** As Vault runs it: the first step that is not answered 200 ends it. */
export async function rotate(rig: KillRig, flow: Flow): Promise<void> {
  if (flow === "whole") {
    await rig.call({});
    return;
  }
  const answered: (number | null)[] = [];
  for (const step of stepNames) {
    // UPDATE is given what VERIFY answered, PROMOTE what UPDATE answered.
    const given = answered.length < 2 ? {} : { versionNo: answered[answered.length === 2 ? 0 : 2] };
    const answer = await rig.call({ step, ...given });
    if (answer?.responseCode !== 200) return;
    answered.push(answer.versionNo);
  }
}

/** How a run that is over stands to the value with which it began. */
function livenessOf(rig: KillRig, old: string | null): string[] {
  const last = rig.calls.at(-1)?.answer?.responseCode ?? null;
  const isOldGone =
    old !== null && !provenIssuers[rig.setup.combination.issuer].accepts(rig.emulator, rig.setup.clientId, old);
  return [
    ...(last === 200 ? [] : [`the last call was answered ${last ?? "by no process"}`]),
    ...(currentValue(rig) === old ? ["CURRENT has no new value"] : []),
    ...(isOldGone ? [] : ["the old value still works"]),
  ];
}

function shortOf({ combination }: KillSeams, flow: Flow, requests: number): string[] {
  const least = leastCalls({ combination }, flow);
  return requests >= least ? [] : [`it took ${requests} remote calls, and needs ${least}`];
}

/** What is wrong with a run that is over, in words, without any secret. */
export function problemsOf(rig: KillRig, isConverged: boolean): string[] {
  const { isCurrentGood, isStored, pendingCredentials } = conditionOf(rig);
  const state = `CURRENT ${isCurrentGood ? "logs in" : "does not log in"}, PENDING credentials: ${pendingCredentials.length}`;
  const answers = rig.calls.flatMap(({ answer }) => (answer === null ? [] : [JSON.stringify(answer)]));
  const leaks = leaksIn({ log: rig.lines.join("\n"), answer: answers.join("\n") }, rig.canaries);
  return [
    ...(isStored ? [] : ["lost: no version holds a client secret that the issuer accepts"]),
    ...(isConverged ? [] : [`not converged: ${state}`]),
    ...rig.calls.flatMap(({ answer, event }) => (answer === null ? [] : (problemOfAnswer(answer, event) ?? []))),
    ...leaks.map((where) => `leak: a secret or token in the ${where}`),
    ...rig.emulator.violations,
  ];
}

/** One rotation with a kill, the process restarted by the platform, then a heal and at most two rotations. */
async function runKill(
  seams: KillSeams,
  flow: Flow,
  kill: { readonly at: number; readonly kind: (typeof kinds)[number] } | null,
): Promise<Outcome> {
  const rig = await openKillRig(seams);
  if (kill !== null) rig.killAt(kill.at, kill.kind);
  const old = currentValue(rig);
  try {
    await rotate(rig, flow);
    const requests = rig.emulator.requests.length;
    let rounds = 0;
    let isConverged = kill === null && hasConverged(conditionOf(rig));
    while (!isConverged && rounds < MAX_ROUNDS) {
      await rig.untilClaimsEnd();
      if (rounds === 0) await rig.call({ action: "heal" });
      else await rotate(rig, "whole");
      rounds += 1;
      isConverged = hasConverged(conditionOf(rig));
    }
    // Killed early, a rotation leaves all as it was: the next one must renew it.
    if (kill !== null && isConverged && currentValue(rig) === old) {
      await rig.untilClaimsEnd();
      await rotate(rig, "whole");
      isConverged = hasConverged(conditionOf(rig));
    }
    const isStruck = rig.emulator.requests.some(({ fault }) => fault !== null);
    const unlively = [...livenessOf(rig, old), ...(kill === null ? shortOf(seams, flow, requests) : [])];
    const problems = [...problemsOf(rig, isConverged), ...unlively];
    return { problems, isRotated: unlively.length === 0, requests, isStruck, rounds, processes: rig.starts };
  } finally {
    await rig.close();
  }
}

/**
 * The built function in real processes: SIGKILL at each remote request of a rotation, before and after its effect.
 * @param onProblems told of each schedule that was not made good: `flow/at:kind`, and what was wrong, without any secret
 */
export async function runKills(
  seams: KillSeams,
  onProblems: (id: string, problems: readonly string[]) => void,
): Promise<KillFigures> {
  let failures = 0;
  const judge = (id: string, { problems }: Outcome) => {
    if (problems.length === 0) return;
    failures += 1;
    onProblems(id, problems);
  };
  const kills: { readonly flow: Flow; readonly at: number; readonly kind: (typeof kinds)[number] }[] = [];
  const whole: Outcome[] = [];
  for (const flow of flows) {
    const base = await runKill(seams, flow, null);
    judge(`${flow}/-`, base);
    whole.push(base);
    for (let at = 0; at < base.requests; at++) kills.push(...kinds.map((kind) => ({ flow, at, kind })));
  }
  const killed = await mapConcurrent(kills, AT_ONCE, async ({ flow, at, kind }) => {
    const outcome = await runKill(seams, flow, { at, kind });
    judge(`${flow}/${at}:${kind}`, outcome);
    return outcome;
  });
  const outcomes = [...whole, ...killed];
  return {
    kills: kills.length,
    failures,
    notStruck: kills.length - outcomes.filter(({ isStruck }) => isStruck).length,
    liveness: { units: outcomes.length, rotations: outcomes.filter(({ isRotated }) => isRotated).length },
    maxRotationsToConverge: Math.max(0, ...outcomes.map(({ rounds }) => rounds)),
    processes: outcomes.reduce((sum, { processes }) => sum + processes, 0),
  };
}
