import { run } from "../../../scripts/run.ts";
import { systemClock } from "../../../src/base/clock.ts";
import { systemEntropy } from "../../../src/base/entropy.ts";
import { mapConcurrent } from "../../../src/base/map-concurrent.ts";
import { parseCombination } from "../combinations.ts";
import { conditionOf, hasConverged } from "../condition.ts";
import { BUNDLE, openKillRig } from "../kill-rig.ts";
import { problemsOf, rotate } from "../kills.ts";
import { currentValue } from "../liveness.ts";
import { isUnsettled } from "./trial.ts";

/** The same with the built functions of both editions, in real processes that are killed for real. */
export interface RealUpgrades {
  readonly schedules: number;
  /** At one of its two changes of the image, something was PENDING, or the issuer refused CURRENT. */
  readonly unsettledAtSwitch: number;
  readonly lost: number;
  readonly rotated: number;
  readonly otherViolations: number;
  readonly processes: number;
}

/** After which request of its work the first edition is killed, and after which one the second. */
const KILLS: readonly (readonly [number, number])[] = [
  [4, 12],
  [7, 3],
  [9, 8],
  [11, 5],
  [13, 1],
  [16, 10],
];
const AT_ONCE = 6;
const MOST_ROUNDS = 3;

/** @param folder where the earlier edition is checked out; its own script builds it, with the libraries that are installed here */
function build(folder: string): string {
  const script = 'import("./scripts/bundle.ts").then(({ bundleFunction }) => bundleFunction())';
  const { status, stdout, stderr } = run(process.execPath, ["--eval", script], { cwd: folder });
  if (status !== 0) throw new Error(`the earlier edition cannot be built: ${stdout}${stderr}. Next: npm ci.`);
  return `${folder}/dist/function/func.js`;
}

interface Ended {
  readonly isUnsettled: boolean;
  readonly isLost: boolean;
  readonly isRotated: boolean;
  readonly problems: readonly string[];
  readonly processes: number;
}

/** The first bundle begins, the second goes on, and the first ends it. */
async function tryReal(bundles: readonly [string, string], [first, second]: readonly [number, number]): Promise<Ended> {
  const combination = parseCombination("token-lives");
  const rig = await openKillRig({ clock: systemClock, entropy: systemEntropy, combination });
  const old = currentValue(rig);
  const unsettled: boolean[] = [];
  const change = async (bundle: string) => {
    unsettled.push(isUnsettled(rig));
    await rig.deploy(bundle);
    await rig.untilClaimsEnd();
  };
  try {
    await rig.deploy(bundles[0]);
    rig.killAt(first, "killed-after");
    await rotate(rig, "four-steps");
    await change(bundles[1]);
    rig.killAt(second, "killed-after");
    await rotate(rig, "four-steps");
    await change(bundles[0]);
    const isDone = () => hasConverged(conditionOf(rig)) && currentValue(rig) !== old;
    for (let round = 0; round < MOST_ROUNDS && (round === 0 || !isDone()); round++) {
      if (round > 0) await rig.untilClaimsEnd();
      if (round === 0) await rig.call({ action: "heal" });
      else await rotate(rig, "whole");
    }
    const isConverged = hasConverged(conditionOf(rig));
    return {
      isUnsettled: unsettled.some((one) => one),
      isLost: !conditionOf(rig).isStored,
      isRotated: isDone(),
      problems: problemsOf(rig, isConverged),
      processes: rig.starts,
    };
  } finally {
    await rig.close();
  }
}

/** @param onProblems told of each schedule in which something was wrong */
export async function runRealUpgrades(
  folder: string,
  onProblems: (id: string, problems: readonly string[]) => void,
): Promise<RealUpgrades> {
  const earlier = build(folder);
  const chains = { "up-and-back": [earlier, BUNDLE], "back-and-up": [BUNDLE, earlier] } as const;
  const schedules = Object.entries(chains).flatMap(([name, bundles]) =>
    KILLS.map((kills) => ({ name, bundles, kills })),
  );
  const ended = await mapConcurrent(schedules, AT_ONCE, async ({ name, bundles, kills }) => {
    const one = await tryReal(bundles, kills);
    if (one.problems.length > 0) onProblems(`real/${name}/${kills.join("/")}`, one.problems);
    return one;
  });
  const count = (is: (one: Ended) => boolean) => ended.filter(is).length;
  return {
    schedules: ended.length,
    unsettledAtSwitch: count((one) => one.isUnsettled),
    lost: count(({ isLost }) => isLost),
    rotated: count(({ isRotated }) => isRotated),
    otherViolations: count(({ problems }) => problems.length > 0),
    processes: ended.reduce((sum, { processes }) => sum + processes, 0),
  };
}
