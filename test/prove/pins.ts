import { readFileSync, writeFileSync } from "node:fs";
import type { CampaignOptions } from "./campaign-options.ts";
import type { Figures } from "./figures.ts";

/** The number of schedules with an inherent loss, by combination, then by reason. */
type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What was found in a whole run and looked at. Whatever goes beyond it comes up unseen in no later run. */
export interface Pins {
  /** A run with another seed, or another number of pairs, has other pairs: only the reasons are compared. */
  readonly seed: number;
  readonly pairsAimedAt: number;
  readonly singles: Counts;
  readonly pairs: Counts;
  readonly falseAlarmsInPairs: number;
}

/** What of a run decides which pairs it tries. */
type PinnedRun = Pick<Pins, "seed" | "pairsAimedAt">;

const ALL_PAIRS = -1;

export function pinnedRunOf({
  seed,
  pairs,
  allPairs,
}: Pick<CampaignOptions, "seed" | "pairs" | "allPairs">): PinnedRun {
  return { seed, pairsAimedAt: allPairs ? ALL_PAIRS : pairs };
}

const FILE = new URL("./pinned.json", import.meta.url);
/** Half a run leads to a slightly other share of the pairs, and another seed to other pauses between tries. */
const MAX_GROWTH = 1.1;
const SLACK = 5;

const about = (pinned: number) => Math.ceil(pinned * MAX_GROWTH) + SLACK;
/** What has not been seen may not come up at all. */
const ifSeen = (most: (pinned: number) => number) => (pinned: number) => (pinned === 0 ? 0 : most(pinned));

function countsOf({ inherentByPlace }: Figures, kind: "singles" | "pairs"): Counts {
  const counts: Record<string, Record<string, number>> = {};
  for (const [place, count] of Object.entries(inherentByPlace).sort()) {
    const [of, combination = "", reason = ""] = place.split(" ");
    if (of === kind) counts[combination] = { ...counts[combination], [reason]: count };
  }
  return counts;
}

export function pinsOf(figures: Figures, run: PinnedRun): Pins {
  return {
    seed: run.seed,
    pairsAimedAt: run.pairsAimedAt,
    singles: countsOf(figures, "singles"),
    pairs: countsOf(figures, "pairs"),
    falseAlarmsInPairs: figures.falseAlarmsInPairs,
  };
}

function beyond(
  kind: "singles" | "pairs",
  found: Counts,
  pinned: Counts,
  mostOf: (pinned: number) => number,
): string[] {
  return Object.entries(found).flatMap(([combination, reasons]) =>
    Object.entries(reasons).flatMap(([reason, count]) => {
      const most = mostOf(pinned[combination]?.[reason] ?? 0);
      return count <= most ? [] : [`${count} losses by ${reason} in ${kind} of ${combination}, pinned: ${most}`];
    }),
  );
}

/** Both together: in pairs what happens in singles of the same combination is known. */
function eitherOf(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, { ...one[name], ...other[name] }]));
}

/** Losses and false alarms beyond the pinned ones, in words. */
export function beyondPins(figures: Figures, run: PinnedRun, pins: Pins): string[] {
  const isSameSeed = run.seed === pins.seed;
  const isSame = isSameSeed && run.pairsAimedAt === pins.pairsAimedAt;
  const known = isSame ? pins.pairs : eitherOf(pins.singles, pins.pairs);
  const mostAlarms = about(pins.falseAlarmsInPairs);
  return [
    ...beyond("singles", countsOf(figures, "singles"), pins.singles, isSameSeed ? (pinned) => pinned : ifSeen(about)),
    ...beyond("pairs", countsOf(figures, "pairs"), known, ifSeen(isSame ? about : () => Number.POSITIVE_INFINITY)),
    ...(isSame && figures.falseAlarmsInPairs > mostAlarms
      ? [`${figures.falseAlarmsInPairs} false alarms in pairs, pinned: ${mostAlarms}`]
      : []),
  ];
}

export function readPins(): Pins {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

function lines(counts: Counts): string {
  const entries = Object.entries(counts).map(
    ([name, reasons]) => `    ${JSON.stringify(name)}: ${JSON.stringify(reasons)}`,
  );
  return entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n  }`;
}

/** One line for each combination, so that a change can be read. */
export function pinsText({ seed, pairsAimedAt, falseAlarmsInPairs, singles, pairs }: Pins): string {
  const numbers = Object.entries({ seed, pairsAimedAt, falseAlarmsInPairs }).map(
    ([key, number]) => `  "${key}": ${number},\n`,
  );
  return `{\n${numbers.join("")}  "singles": ${lines(singles)},\n  "pairs": ${lines(pairs)}\n}\n`;
}

export function writePins(pins: Pins): void {
  writeFileSync(FILE, pinsText(pins));
}
