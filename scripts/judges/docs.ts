/** The documents: what `npm run check-docs -- --json` must count. */
import { z } from "zod";
import { atLeast, judgeLine } from "./judge.ts";

const documents = z.object({
  documents: atLeast(80),
  links: atLeast(300),
  commandsRun: atLeast(45),
  commandsParsed: atLeast(300),
  codes: atLeast(32),
  codesWithoutPage: z.literal(0),
  drillsRun: atLeast(9),
});

export const judgeDocuments = judgeLine(documents);
