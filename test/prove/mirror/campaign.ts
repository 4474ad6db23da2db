import type { Workers } from "../pool.ts";
import { singles } from "./enumerate.ts";
import { type MirrorFigures, mergeMirror, noMirrorFigures } from "./figures.ts";
import { mirrorStarts } from "./schedule.ts";
import type { MirrorUnit } from "./unit.ts";

const PARTS = 16;

async function countSingles(): Promise<number> {
  let count = 0;
  for (const start of mirrorStarts) count += (await singles(start)).length;
  return count;
}

/**
 * Every single fault from every start, two containers at once, a frozen one, a share of the pairs, and the control.
 * @param mostPairs how many pairs to aim at: a share of all of them, chosen by the seed, alike of every first fault
 */
export async function runMirrorCampaign(
  { seed, mostPairs, onProgress }: { seed: number; mostPairs: number; onProgress: (text: string) => void },
  workers: Workers<MirrorUnit, MirrorFigures>,
): Promise<MirrorFigures> {
  const pairsOfEach = mostPairs / (await countSingles());
  const units = mirrorStarts.flatMap((start): MirrorUnit[] => [
    { kind: "control", seed, start },
    { kind: "frozen", seed, start },
    ...Array.from({ length: PARTS }, (_, part) => ({
      ...({ kind: "faults", seed, start, part, parts: PARTS, pairsOfEach } as const),
    })),
  ]);
  const figures = noMirrorFigures();
  let done = 0;
  await workers(units, (_, more) => {
    mergeMirror(figures, more);
    done += 1;
    const { singles: tried, twice, pairs, failed } = figures;
    onProgress(`mirror ${done}/${units.length}: ${tried} singles, ${twice} twice, ${pairs} pairs, failed ${failed}`);
  });
  return figures;
}
