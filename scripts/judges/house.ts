/** The house: what `npm run check-house -- --json` must count. */
import { z } from "zod";
import { atLeast, judgeLine, problemsIn } from "./judge.ts";

const none = z.literal(0);
/** Counted, not judged. */
const any = atLeast(0);

const house = z.object({
  rooms: z.literal(8),
  entries: z.literal(2),
  strangers: none,
  files: atLeast(800),
  imports: atLeast(3_000),
  upwardImports: none,
  fileCircles: none,
  roomCircles: none,
  rows: atLeast(45),
  doubleRows: none,
  stages: z.literal(6),
  decisions: atLeast(15),
  decisionsWithoutStage: none,
  decisionsOfSeveralStages: none,
  beside: z.object({ longFiles: any, doubleNames: any, retiredWords: any }),
});

export const judgeHouse = judgeLine(house);
/** The same of figures that were not printed yet. */
export const problemsInHouse = (figures: unknown) => problemsIn(house, figures);
