/** The image: what `npm run check-image -- --json` must count. */
import { z } from "zod";
import { atLeast, between, judgeLine, words } from "./judge.ts";

const ofImage = (least: number) => z.object({ files: between(least, 10), bytes: between(500_000, 2_000_000) });

const image = z.object({
  image: ofImage(7),
  mirrorImage: ofImage(5),
  filesCompared: atLeast(25),
  areBuildsEqual: z.literal(true),
  sbomComponents: atLeast(20),
  mirrorSbomComponents: atLeast(15),
  bases: atLeast(5),
  unpinnedBases: z.literal(0),
  notChecked: z.array(words).min(1),
});

export const judgeImage = judgeLine(image);
