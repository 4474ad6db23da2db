import { createPool, type Workers } from "../pool.ts";
import type { SabotagedThread } from "../sabotage/worker.ts";
import { type Control, controls } from "./controls.ts";
import { triples } from "./enumerate.ts";
import { type AdversaryFigures, mergeAdversary, noAdversaryFigures } from "./figures.ts";
import { parseAdversarySchedule } from "./schedule.ts";
import type { AdversaryUnit } from "./unit.ts";

type AdversaryWorkers = Workers<AdversaryUnit, AdversaryFigures>;

const WORKER = new URL("./worker.ts", import.meta.url);
const SABOTAGED = new URL("../sabotage/worker.ts", import.meta.url);

interface Options {
  readonly seed: number;
  /** Of all schedules, chosen by the seed; 1: all. */
  readonly share: number;
  readonly onProgress: (text: string) => void;
}

async function runAll({ seed, share, onProgress }: Options, workers: AdversaryWorkers): Promise<AdversaryFigures> {
  const figures = noAdversaryFigures();
  let done = 0;
  const units = triples.map((triple): AdversaryUnit => ({ seed, triple, share, only: null }));
  await workers(units, (_, more) => {
    mergeAdversary(figures, more);
    done += 1;
    onProgress(`adversary ${done}/${units.length}: ${figures.schedules} schedules, failed ${figures.failed}`);
  });
  return figures;
}

/** One schedule after another, the product being sabotaged: how often the judge finds what the control must show. */
async function runControl({ patches, figure, schedules }: Control, seed: number): Promise<number> {
  const data: SabotagedThread = { patches, script: WORKER.href };
  const pool = createPool<AdversaryUnit, AdversaryFigures>(SABOTAGED, data);
  const figures = noAdversaryFigures();
  const units = schedules.map(
    (id): AdversaryUnit => ({ seed, triple: parseAdversarySchedule(id), share: 1, only: [id] }),
  );
  try {
    await pool.workers(units, (_, more) => mergeAdversary(figures, more));
  } finally {
    await pool.close();
  }
  return figures[figure];
}

/** The product against the adversary, and each control. */
export async function runAdversaryCampaign(options: Options): Promise<{
  readonly figures: AdversaryFigures;
  /** By the control's name: how often it showed what it must show. */
  readonly controls: Readonly<Record<string, number>>;
}> {
  const found: Record<string, number> = {};
  for (const [name, control] of Object.entries(controls)) {
    found[name] = await runControl(control, options.seed);
    options.onProgress(`adversary, control ${name}: ${found[name]}`);
  }
  const pool = createPool<AdversaryUnit, AdversaryFigures>(WORKER);
  try {
    return { figures: await runAll(options, pool.workers), controls: found };
  } finally {
    await pool.close();
  }
}
