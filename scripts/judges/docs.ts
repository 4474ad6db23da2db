/** The documents: what `npm run check-docs -- --json` must count. */
import { z } from "zod";
import { atLeast, between, judgeLine } from "./judge.ts";

/** Blocks of code by class. Those that need something that is not OCI only become fewer. */
const blocks = z.object({
  run: atLeast(55),
  parsed: atLeast(110),
  needsOci: atLeast(1),
  needsOther: between(0, 4),
  shown: atLeast(15),
  unsorted: z.literal(0),
});

const documents = z.object({
  documents: atLeast(80),
  links: atLeast(300),
  blocks,
  quotes: atLeast(40),
  commandsRun: atLeast(45),
  commandsParsed: atLeast(300),
  commandsOfOci: atLeast(43),
  codes: atLeast(32),
  codesWithoutPage: z.literal(0),
  drillsRun: atLeast(10),
});

export const judgeDocuments = judgeLine(documents);
