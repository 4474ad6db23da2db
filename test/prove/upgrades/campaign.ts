import { otherIssuers, parseCombination } from "../combinations.ts";
import { fractionOf } from "../enumerate.ts";
import { prepare, type Setup } from "../setup.ts";
import { traceText } from "../trace.ts";
import type { Combination } from "../types.ts";
import { checkOut, EARLIER } from "./earlier.ts";
import { type Editions, loadEditions } from "./editions.ts";
import { type RealUpgrades, runRealUpgrades } from "./real.ts";
import {
  type ChainName,
  chains,
  flows,
  type Outcome,
  runTrial,
  type Stop,
  type Trial,
  type TrialFlow,
  trialId,
} from "./trial.ts";

/** Upgrades and rollbacks in the middle of rotations. */
export interface UpgradeFigures {
  /** The commit of the earlier edition. */
  readonly earlier: string;
  readonly schedules: number;
  /** Of them: when the image changed first, some version was PENDING, or the issuer refused CURRENT. */
  readonly unsettledAtSwitch: number;
  /** At each change of the image. */
  readonly unsettledAtEverySwitch: number;
  readonly lost: number;
  /** Ended with a new value in CURRENT that logs in, the old one gone, and nothing pending. */
  readonly rotated: number;
  /** What the checker says besides: unverified promotions, leaks, malformed answers. Only of editions of ours. */
  readonly otherViolations: number;
  /** With Oracle's sample among the editions. */
  readonly bySample: number;
  readonly issuers: Readonly<Record<string, number>>;
  /**
   * Oracle's sample was killed with a value that was nowhere else, and nobody else may ask for one. No schedule of the others counts it: the
   * sample loses this value by itself. A checker that sees no loss here sees none.
   */
  readonly control: { readonly schedules: number; readonly lost: number };
  readonly real: RealUpgrades;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };
type Counts = Pick<UpgradeFigures, "schedules" | "rotated" | "lost" | "otherViolations">;
type Counted = Omit<UpgradeFigures, "real">;

/** A second edition is killed after one of its first requests, so many. */
const KILLS_OF_A_SECOND = 16;
/** One in so many of the second editions ends its work. */
const LIVING = 4;
const SOON_MS = 1_500;
const LATER_MS = 15 * 60_000;
const MOST_REQUESTS = 60;

const readable = parseCombination("read-back");
const withAuthority = parseCombination("second-authority");
/** Vault shows for the first time what it does with a second PENDING version. */
const firstRotations = (["deprecates", "keeps-both", "refuses"] as const).map((secondPending) => ({
  ...readable,
  ...{ secondPending, isNoted: false },
}));
/** At each further kind of issuer the plainest combination, and the one that differs from it the most. */
const plainest = Object.values(otherIssuers).flatMap((list) => list.slice(0, 1));
const strangest = Object.values(otherIssuers).flatMap((list) => list.slice(-1));

type Tried = readonly (readonly [Combination, readonly TrialFlow[]])[];
const tried = (combinations: readonly Combination[], ...flowNames: TrialFlow[]): Tried =>
  combinations.map((one) => [one, flowNames]);
const ours: Tried = [
  ...tried([readable, withAuthority], "four-steps", "retold", "whole"),
  ...tried(["token-lives", "subscribed"].map(parseCombination), "four-steps", "whole"),
  ...tried(plainest, "four-steps", "whole"),
  ...tried([...firstRotations, ...strangest], "four-steps"),
];
/** Oracle's sample knows steps alone. */
const samples = tried([readable, withAuthority], "four-steps", "retold");

const isWithSample = (chain: ChainName) => chains[chain].some((edition) => edition.endsWith("sample"));
const chainNames = Object.keys(chains) as ChainName[];

/** The second half of a trial, drawn by the seed. */
function drawn(half: Pick<Trial, "chain" | "combination" | "flow" | "first">, seed: number): Trial {
  const trial: Trial = { ...half, second: null, asked: "goes-on", pauseMs: SOON_MS };
  const draw = (what: string, of: number) => Math.floor(fractionOf(`${what} ${trialId(trial)}`, seed) * of);
  // Oracle's sample knows no heal. What it has in hand when it is killed is lost by itself.
  const isOurs = !chains[trial.chain][1].endsWith("sample");
  const isKilled = isOurs && draw("alive", LIVING) > 0;
  return {
    ...trial,
    second: isKilled ? { killedAfter: draw("kill", KILLS_OF_A_SECOND) } : null,
    asked: isOurs && draw("asked", 3) === 0 ? "heal" : "goes-on",
    pauseMs: draw("pause", 2) === 0 ? SOON_MS : LATER_MS,
  };
}

/** Nobody holds the value that Oracle's sample has just asked for, and nobody but its client may ask for another. */
function isInHandOfSample({ chain, combination }: Trial, { stoppedAfter }: Outcome): boolean {
  return chains[chain][0].endsWith("sample") && stoppedAfter === "regenerate" && !combination.authority;
}

export interface UpgradeSeams {
  readonly seed: number;
  readonly onProgress: (text: string) => void;
  /** Told of what is wrong with a schedule, without any secret. */
  readonly onFinding: (text: string) => void;
}

class Campaign {
  readonly figures: Mutable<Counted> = {
    ...{ earlier: EARLIER.commit, schedules: 0, unsettledAtSwitch: 0, unsettledAtEverySwitch: 0 },
    ...{ lost: 0, rotated: 0, otherViolations: 0, bySample: 0, issuers: {}, control: { schedules: 0, lost: 0 } },
  };
  readonly #editions: Editions;
  readonly #seams: UpgradeSeams;

  constructor(editions: Editions, seams: UpgradeSeams) {
    this.#editions = editions;
    this.#seams = seams;
  }

  /** Every kill of the first edition's rotation, and each of its pauses between two steps. */
  async all(chain: ChainName, flow: TrialFlow, setup: Setup): Promise<void> {
    const half = { chain, flow, combination: setup.combination };
    for (let killedAfter = 0; killedAfter < MOST_REQUESTS; killedAfter++) {
      if (!(await this.#try({ ...half, first: { killedAfter } }, setup))) break;
    }
    for (let beforeStep = 1; beforeStep < flows[flow].length; beforeStep++) {
      await this.#try({ ...half, first: { beforeStep } }, setup);
    }
  }

  /** @returns false: the first edition was to be killed, and had ended before */
  async #try(half: { readonly first: Stop } & Parameters<typeof drawn>[0], setup: Setup): Promise<boolean> {
    const trial = drawn(half, this.#seams.seed);
    const outcome = await runTrial(trial, setup, this.#editions);
    if (outcome.stoppedAfter === null) return false;
    this.#count(trial, outcome);
    return true;
  }

  #count(trial: Trial, outcome: Outcome): void {
    const { figures } = this;
    const { judgement, unsettled, isRotated, history } = outcome;
    if (isInHandOfSample(trial, outcome)) {
      figures.control.schedules += 1;
      if (judgement.isLost) figures.control.lost += 1;
      return;
    }
    figures.schedules += 1;
    figures.issuers[trial.combination.issuer] = (figures.issuers[trial.combination.issuer] ?? 0) + 1;
    if (isWithSample(trial.chain)) figures.bySample += 1;
    if (unsettled[0] === true) figures.unsettledAtSwitch += 1;
    if (unsettled.every((one) => one)) figures.unsettledAtEverySwitch += 1;
    if (judgement.isLost) figures.lost += 1;
    if (isRotated) figures.rotated += 1;
    // Oracle's sample promotes what it has not seen log in, and answers in words of its own.
    const violations = isWithSample(trial.chain) ? [] : judgement.problems;
    figures.otherViolations += violations.length;
    const problems = [...violations, ...(judgement.isLost ? ["lost"] : []), ...(isRotated ? [] : ["not rotated"])];
    if (problems.length > 0) this.#seams.onFinding(`${trialId(trial)}: ${problems.join("; ")}\n${traceText(history)}`);
    this.#seams.onProgress(`${figures.schedules} schedules, rotated ${figures.rotated}`);
  }
}

/** Runs every upgrade and rollback. Throws an Error that says what to do if this clone's history lacks the earlier edition. */
export async function runUpgrades(seams: UpgradeSeams): Promise<UpgradeFigures> {
  const { folder, remove } = checkOut(EARLIER.commit);
  try {
    const campaign = new Campaign(await loadEditions(folder), seams);
    for (const chain of chainNames) {
      for (const [combination, flowNames] of isWithSample(chain) ? samples : ours) {
        const setup = prepare(combination, seams.seed);
        for (const flow of flowNames) await campaign.all(chain, flow, setup);
      }
    }
    const real = await runRealUpgrades(folder, (id, problems) => seams.onFinding(`${id}: ${problems.join("; ")}`));
    return { ...campaign.figures, real };
  } finally {
    remove();
  }
}

/** Why the run fails. */
export function upgradeFailuresOf({ control, real, ...figures }: UpgradeFigures): string[] {
  const failuresIn = (what: string, { schedules, rotated, lost, otherViolations }: Counts) => [
    ...(lost === 0 ? [] : [`${what}: lost is ${lost} and must be 0`]),
    ...(rotated === schedules && schedules > 0
      ? []
      : [`${what}: ${schedules - rotated} of ${schedules} did not rotate`]),
    ...(otherViolations === 0 ? [] : [`${what}: other violations are ${otherViolations} and must be 0`]),
  ];
  return [
    ...failuresIn("upgrades", figures),
    ...failuresIn("upgrades of real processes", real),
    ...(control.lost > 0 ? [] : ["upgrades: the control lost nothing, so no loss would be seen"]),
  ];
}
