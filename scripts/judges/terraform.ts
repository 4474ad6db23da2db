/** Terraform: what `npm run check-terraform -- --json` must count. */
import { z } from "zod";
import { atLeast, judgeLine } from "./judge.ts";

/** However many secrets there are. OCI allows 500 statements from the root down to any compartment. */
const six = z.literal(6);

const terraform = z.object({
  isFormatted: z.literal(true),
  modules: atLeast(7),
  examples: atLeast(3),
  stackFiles: atLeast(30),
  statements: z.object({ "1": six, "100": six, "5000": six }),
  policyTestsPassed: atLeast(20),
});

export const judgeTerraform = judgeLine(terraform);
