import { parseArgs } from "node:util";

export interface ProveOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly allPairs: boolean;
  readonly singlesOnly: boolean;
  readonly combination: string | null;
  readonly reproduce: string | null;
  readonly subject: "product" | "control";
  readonly help: boolean;
}

export const HELP = `npm run prove -- [options]
  --json                 nothing on stdout but the JSON line
  --seed <n>             seeds secrets, jitter and the share of pairs (default 1)
  --singles-only         no second faults
  --all-pairs            every pair of the four combinations, not a share of them
  --combination <name>   one combination alone: read-back, token-lives, second-authority, none, or an id
  --reproduce <id>       run one schedule and print its trace
  --control              with --reproduce: run the plain order instead of the product
`;

const DEFAULT_SEED = "1";

/** Throws an Error that says what to write instead. */
export function parseOptions(args: readonly string[]): ProveOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      seed: { type: "string", default: DEFAULT_SEED },
      "all-pairs": { type: "boolean", default: false },
      "singles-only": { type: "boolean", default: false },
      combination: { type: "string" },
      reproduce: { type: "string" },
      control: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (!/^\d{1,9}$/.test(values.seed)) throw new Error("--seed takes a whole number. Next: write --seed 1.");
  return {
    json: values.json,
    seed: Number(values.seed),
    allPairs: values["all-pairs"],
    singlesOnly: values["singles-only"],
    combination: values.combination ?? null,
    reproduce: values.reproduce ?? null,
    subject: values.control ? "control" : "product",
    help: values.help,
  };
}
