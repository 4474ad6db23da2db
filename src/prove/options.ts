import { parseArgs } from "node:util";

export interface ProveOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly allPairs: boolean;
  readonly singlesOnly: boolean;
  /** How many pairs of the four combinations are aimed at. */
  readonly pairs: number;
  readonly combination: string | null;
  readonly reproduce: string | null;
  readonly subject: "product" | "control";
  readonly help: boolean;
}

export const HELP = `npm run prove -- [options]
  --json                 nothing on stdout but the JSON line
  --seed <n>             seeds secrets, jitter and the share of pairs (default 1)
  --singles-only         no second faults
  --pairs <n>            how many pairs of the four combinations to aim at (default 110000)
  --all-pairs            every pair of the four combinations, not a share of them
  --combination <name>   one combination alone: read-back, token-lives, second-authority, none, or an id
  --reproduce <id>       run one schedule and print its trace
  --control              with --reproduce: run the plain order instead of the product
`;

const DEFAULT_SEED = "1";
/** Well above 100,000 together with the seeded pairs over the other combinations. */
const DEFAULT_PAIRS = "110000";

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} takes a whole number. Next: write --${option} 1.`);
  return Number(text);
}

/** Throws an Error that says what to write instead. */
export function parseOptions(args: readonly string[]): ProveOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      seed: { type: "string", default: DEFAULT_SEED },
      pairs: { type: "string", default: DEFAULT_PAIRS },
      "all-pairs": { type: "boolean", default: false },
      "singles-only": { type: "boolean", default: false },
      combination: { type: "string" },
      reproduce: { type: "string" },
      control: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    json: values.json,
    seed: wholeNumber("seed", values.seed),
    pairs: wholeNumber("pairs", values.pairs),
    allPairs: values["all-pairs"],
    singlesOnly: values["singles-only"],
    combination: values.combination ?? null,
    reproduce: values.reproduce ?? null,
    subject: values.control ? "control" : "product",
    help: values.help,
  };
}
