import type { Liveness } from "./liveness.ts";

/** A command of the operator's is killed at one of its remote calls. */
export interface Kill {
  readonly at: number;
  readonly kind: (typeof kinds)[number];
}

const kinds = ["killed-before", "killed-after"] as const;
/** The operator runs the command again. */
export const SOON_MS = 2_000;

/** Troubles with which the command has not done what it is for. */
const UNDONE: readonly string[] = ["lost", "unfinished"];

export type Found<Trouble extends string> = readonly (readonly [trouble: Trouble, words: string])[];

/** A set-up on which a command is run, killed or not, and run again. */
export interface Trial<Trouble extends string> {
  readonly id: string;
  /** @returns what is wrong then, and the requests of the first run */
  run(kill: Kill | null): Promise<{ readonly found: Found<Trouble>; readonly requests: readonly string[] }>;
  close(): void;
}

export type KillFigures<Trouble extends string> = Readonly<Record<Trouble, number>> & {
  readonly kills: number;
  /** Pairs of runs, with and without a kill in the first, and how many of them did what the command is for. */
  readonly liveness: Liveness;
  readonly problems: readonly string[];
};

/** A trial without a kill, then killed before and after the effect of every request. @param none each trouble, with 0 */
export async function killEach<Trouble extends string>(
  trial: Trial<Trouble>,
  none: Readonly<Record<Trouble, number>>,
): Promise<KillFigures<Trouble>> {
  const counts: Record<Trouble, number> = { ...none };
  const problems: string[] = [];
  const liveness = { units: 0, rotations: 0 };
  let kills = 0;
  const judge = (kill: string, found: Found<Trouble>) => {
    liveness.units += 1;
    if (!found.some(([trouble]) => UNDONE.includes(trouble))) liveness.rotations += 1;
    for (const [trouble, words] of found) {
      counts[trouble] += 1;
      problems.push(`${trial.id}/${kill}: ${words}`);
    }
  };
  try {
    const { found, requests } = await trial.run(null);
    judge("-", found);
    for (const [at, call] of requests.entries()) {
      for (const kind of kinds) {
        kills += 1;
        judge(`${call}#${at}:${kind}`, (await trial.run({ at, kind })).found);
      }
    }
  } finally {
    trial.close();
  }
  return { kills, ...counts, liveness, problems };
}

/** What several trials came to. @param none each trouble, with 0 */
export function sumKills<Trouble extends string>(
  none: Readonly<Record<Trouble, number>>,
  trials: readonly KillFigures<NoInfer<Trouble>>[],
): KillFigures<Trouble> {
  const counts: Record<Trouble, number> = { ...none };
  const liveness = { units: 0, rotations: 0 };
  let kills = 0;
  for (const trial of trials) {
    kills += trial.kills;
    liveness.units += trial.liveness.units;
    liveness.rotations += trial.liveness.rotations;
    for (const trouble in none) counts[trouble] += trial[trouble];
  }
  return { kills, ...counts, liveness, problems: trials.flatMap(({ problems }) => problems) };
}

/**
 * One kill by itself, in words. @param kill `call:kind`, or `-` for none; the first request of that name is struck
 * @returns what is wrong; empty: nothing
 */
export async function killOnce(trial: Trial<string>, kill: string): Promise<readonly string[]> {
  const wordsOf = (found: Found<string>) => found.map(([trouble, words]) => `${trouble}: ${words}`);
  try {
    const base = await trial.run(null);
    if (kill === "-") return wordsOf(base.found);
    const [call = "", kindText] = kill.split(":");
    const kind = kinds.find((known) => known === kindText);
    const at = base.requests.indexOf(call);
    if (kind === undefined || at < 0) throw new Error(`"${kill}" is no kill of this run. Next: write -, or call:kind.`);
    return wordsOf((await trial.run({ at, kind })).found);
  } finally {
    trial.close();
  }
}
