import { parseArgs } from "node:util";
import { type OtherIssuer, otherIssuers } from "./combinations.ts";
import { type Part, partOf } from "./part.ts";

export interface ProveOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly allPairs: boolean;
  readonly singlesOnly: boolean;
  /** Run only this part of the single faults, everything else whole, and no planted bugs; null: all single faults. */
  readonly part: Part | null;
  /** The number of pairs of the named combinations to aim at. */
  readonly pairs: number;
  /** The number of random walks. */
  readonly walks: number;
  readonly walksOnly: boolean;
  /** `oci-rotate rotate`, killed and run again, instead of everything else. */
  readonly commandOnly: boolean;
  /** The Retail credential mirror instead of everything else. */
  readonly mirrorOnly: boolean;
  /** The whole adversary instead of everything else. */
  readonly adversaryOnly: boolean;
  /** The number of the mirror's pairs to aim at. */
  readonly mirrorPairs: number;
  /** The planted bugs instead of everything else: all of them, or one by its name; null: everything else. */
  readonly sabotage: { readonly name: string | null } | null;
  /** Real processes, killed for real, instead of everything else. */
  readonly kills: boolean;
  /** Upgrades and rollbacks in the middle of rotations, instead of everything else. */
  readonly upgrades: boolean;
  readonly combination: string | null;
  /** Only one of the other kinds of issuers. */
  readonly issuer: OtherIssuer | null;
  /** Write the inherent losses and the false alarms in pairs as the limits of later runs. */
  readonly pin: boolean;
  readonly reproduce: string | null;
  readonly subject: "product" | "control";
  readonly help: boolean;
}

export const HELP = `npm run prove -- [options]
  --json                 only the JSON line on stdout
  --seed <n>             seeds secrets, jitter and the share of pairs (default 1)
  --singles-only         no second faults
  --part-of-singles <s>/<n>  one nth of the single faults, drawn by s (up to 8 hexadecimal digits); the other parts whole, but no planted bugs
  --pairs <n>            number of pairs of the named combinations to aim at (default 81000)
  --all-pairs            every pair of the named combinations, not a share of them
  --walks <n>            number of random walks (default 10000; none with --singles-only or --combination)
  --walks-only           only the walks and the control
  --command-only         only oci-rotate rotate --all-due and adopt, killed at every remote call and run again
  --mirror-only          only the Retail credential mirror
  --adversary            only the adversary, who may write a secret but not read it, with all attacks; otherwise a share of them runs
  --sabotage [name]      only the planted bugs, or one of them: the unit that must catch it runs with the bug and without it
  --mirror-pairs <n>     number of pairs of faults of the mirror to aim at (default 3000; all of them with --all-pairs)
  --kills                only the built function in real processes, killed at every remote call (npm run build first)
  --upgrades             only upgrades and rollbacks in the middle of rotations, from and to an earlier commit (npm run build first)
  --combination <name>   only one combination: read-back, token-lives, second-authority, none, subscribed, or an id
  --issuer <name>        only one kind of issuer: ${Object.keys(otherIssuers).join(", ")}
  --pin                  after a whole run, write its inherent losses and its false alarms in pairs to test/prove/pinned.json, the limits of later runs; review the difference
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

/** Options that narrow a run to a part other than its single faults. */
const narrowing = [
  ...([
    "kills",
    "upgrades",
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
      upgrades: { type: "boolean", default: false },
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
    upgrades: values.upgrades,
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
