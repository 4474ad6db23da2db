import { parseArgs } from "node:util";
import { type OtherIssuer, otherIssuers } from "./combinations.ts";
import { type Part, partOf } from "./part.ts";

export interface ProveOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly allPairs: boolean;
  readonly singlesOnly: boolean;
  /** This part of the single faults, and everything else whole; null: they are whole too. */
  readonly part: Part | null;
  /** How many pairs of the named combinations are aimed at. */
  readonly pairs: number;
  /** How many random walks. */
  readonly walks: number;
  readonly walksOnly: boolean;
  /** `oci-rotate rotate`, killed and run again, instead of everything else. */
  readonly commandOnly: boolean;
  /** The Retail credential mirror instead of everything else. */
  readonly mirrorOnly: boolean;
  /** The adversary instead of everything else, and whole. */
  readonly adversaryOnly: boolean;
  /** How many of the mirror's pairs are aimed at. */
  readonly mirrorPairs: number;
  /** The planted bugs instead of everything else: all of them, or one by its name; null: everything else. */
  readonly sabotage: { readonly name: string | null } | null;
  /** Real processes, killed for real, instead of everything else. */
  readonly kills: boolean;
  readonly combination: string | null;
  /** One of the kinds of issuers beside the first, alone. */
  readonly issuer: OtherIssuer | null;
  /** Keep what was lost inherently, and warned of for nothing in pairs, as what later runs are held to. */
  readonly pin: boolean;
  readonly reproduce: string | null;
  readonly subject: "product" | "control";
  readonly help: boolean;
}

export const HELP = `npm run prove -- [options]
  --json                 nothing on stdout but the JSON line
  --seed <n>             seeds secrets, jitter and the share of pairs (default 1)
  --singles-only         no second faults
  --part-of-singles <s>/<n>  one nth of the single faults, drawn by these up to 8 hexadecimal digits; everything else whole
  --pairs <n>            how many pairs of the named combinations to aim at (default 81000)
  --all-pairs            every pair of the named combinations, not a share of them
  --walks <n>            how many random walks (default 10000; none with --singles-only or --combination)
  --walks-only           nothing but the walks and the control
  --command-only         nothing but oci-rotate rotate --all-due, killed at every remote call and run again
  --mirror-only          nothing but the Retail credential mirror
  --adversary            nothing but one who may write a secret and not read it, and all of what he may try; else a share of it runs
  --sabotage [name]      nothing but the planted bugs, or one of them: each with the unit that must catch it, and without
  --mirror-pairs <n>     how many pairs of faults of the mirror to aim at (default 3000; all of them with --all-pairs)
  --kills                nothing but the built function in real processes, killed at every remote call (npm run build first)
  --combination <name>   one combination alone: read-back, token-lives, second-authority, none, subscribed, or an id
  --issuer <name>        one kind of issuer alone: ${Object.keys(otherIssuers).join(", ")}
  --pin                  of a whole run: write its inherent losses into test/prove/pinned.json, to which later runs are held; look at the difference
  --reproduce <id>       run one schedule, one of the mirror or the adversary, or walk/<number> of the seed, and print its trace
  --control              with --reproduce: run the plain order instead of the product
`;

const DEFAULT_SEED = "1";
/** Well above 100,000 together with the seeded pairs over the other combinations. */
const DEFAULT_PAIRS = "81000";
const DEFAULT_WALKS = "10000";
const DEFAULT_MIRROR_PAIRS = "3000";

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} takes a whole number. Next: write --${option} 1.`);
  return Number(text);
}

function knownIssuer(name: string): OtherIssuer {
  const names = Object.keys(otherIssuers) as OtherIssuer[];
  const found = names.find((known) => known === name);
  if (found === undefined) throw new Error(`unknown issuer "${name}". Next: use one of ${names.join(", ")}.`);
  return found;
}

/** What narrows a run to something that is no part of its single faults. */
const narrowing = [
  ...([
    "kills",
    "command-only",
    "mirror-only",
    "adversary",
    "sabotage",
    "walks-only",
    "combination",
    "issuer",
    "reproduce",
  ] as const),
];

/** Throws an Error that says what to write instead. */
export function parseOptions(args: readonly string[]): ProveOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      seed: { type: "string", default: DEFAULT_SEED },
      pairs: { type: "string", default: DEFAULT_PAIRS },
      walks: { type: "string", default: DEFAULT_WALKS },
      kills: { type: "boolean", default: false },
      "command-only": { type: "boolean", default: false },
      "mirror-only": { type: "boolean", default: false },
      adversary: { type: "boolean", default: false },
      sabotage: { type: "boolean", default: false },
      "mirror-pairs": { type: "string", default: DEFAULT_MIRROR_PAIRS },
      "walks-only": { type: "boolean", default: false },
      "all-pairs": { type: "boolean", default: false },
      "singles-only": { type: "boolean", default: false },
      "part-of-singles": { type: "string" },
      combination: { type: "string" },
      issuer: { type: "string" },
      pin: { type: "boolean", default: false },
      reproduce: { type: "string" },
      control: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [name, ...further] = positionals;
  const stray = values.sabotage ? further[0] : name;
  if (stray !== undefined) throw new Error(`"${stray}" belongs to no option. Next: npm run prove -- --help.`);
  const part = partOf(values["part-of-singles"]);
  const narrow = part === null ? undefined : narrowing.find((option) => values[option]);
  if (narrow !== undefined) {
    throw new Error(
      `--part-of-singles is for runs of everything. Next: leave out --${narrow}, or run it without a part.`,
    );
  }
  const asPart = part === null ? undefined : "part-of-singles";
  const asSingles = values["singles-only"] ? "singles-only" : undefined;
  const notWhole = narrowing.find((option) => values[option]) ?? asPart ?? asSingles;
  if (values.pin && notWhole !== undefined) {
    throw new Error(`--pin is for whole runs. Next: leave out --${notWhole}, or --pin.`);
  }
  return {
    json: values.json,
    seed: wholeNumber("seed", values.seed),
    pairs: wholeNumber("pairs", values.pairs),
    walks: wholeNumber("walks", values.walks),
    kills: values.kills,
    commandOnly: values["command-only"],
    mirrorOnly: values["mirror-only"],
    adversaryOnly: values.adversary,
    sabotage: values.sabotage ? { name: name ?? null } : null,
    mirrorPairs: wholeNumber("mirror-pairs", values["mirror-pairs"]),
    walksOnly: values["walks-only"],
    allPairs: values["all-pairs"],
    singlesOnly: values["singles-only"],
    part,
    combination: values.combination ?? null,
    issuer: values.issuer === undefined ? null : knownIssuer(values.issuer),
    pin: values.pin,
    reproduce: values.reproduce ?? null,
    subject: values.control ? "control" : "product",
    help: values.help,
  };
}
