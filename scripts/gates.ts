/**
 * The gates that `.ci/run` counts after the tests. Each one is an npm script that can be run by itself: `npm run lint`,
 * and so on.
 */
import { judgeBench, judgeCommandLine, judgeConsumer, judgeEmulator, judgeFleet, judgeMirror } from "./judges/bench.ts";
import { furtherIssuers, judgeAdopted, judgeDemo, judgeHealed, judgeMirrored, judgeNotified } from "./judges/demo.ts";
import { judgeDocuments } from "./judges/docs.ts";
import { judgeHouse } from "./judges/house.ts";
import { judgeImage } from "./judges/image.ts";
import type { Judge } from "./judges/judge.ts";
import {
  judgeBuild,
  judgeDocs,
  judgeHelp,
  judgeLintRules,
  judgeLive,
  judgeLockFile,
  judgePackage,
  judgeWorkflows,
} from "./judges/programs.ts";
import { judgeAdversary, judgeKills, judgePart, judgeProof } from "./judges/proof.ts";
import { judgeTerraform } from "./judges/terraform.ts";
import { judgeUpgrades } from "./judges/upgrades.ts";
import { LIVE_LIMIT_MS } from "./live/limits.ts";

export interface Gate {
  readonly name: string;
  /** What is given to npm: the script and its arguments. */
  readonly command: readonly string[];
  /** Default ten minutes. */
  readonly timeoutMs?: number;
  /** Says what is wrong although the exit code is 0, or null. No judge: a successful program prints nothing. */
  readonly judge: Judge | null;
  /** Its figures are of use even if it passes. */
  readonly isShown?: boolean;
}

/** Twice what they take on an idle machine: only what hangs gets there. */
const PROVE_LIMIT_MS = 2 * 3_600_000;
const ADVERSARY_LIMIT_MS = 1_200_000;
const UPGRADES_LIMIT_MS = 1_200_000;

const demo = (name: string, args: readonly string[], judge: Judge): Gate => ({
  name,
  command: ["demo", "--", "--json", ...args],
  judge,
});

/** Lanes of gates that run side by side; the gates of a lane run one after another. A phase begins when the one before has ended. */
export type Phase = readonly (readonly Gate[])[];
export const gatesOf = (phases: readonly Phase[]): readonly Gate[] => phases.flat(2);

/** These gates read only the source. Each takes seconds. */
const source: readonly Gate[] = [
  { name: "types", command: ["typecheck"], judge: null },
  { name: "lint and format", command: ["lint"], judge: null },
  { name: "lint rules fire", command: ["check-lint-rules"], judge: judgeLintRules },
  { name: "nothing unused", command: ["knip"], judge: null },
  { name: "house", command: ["check-house", "--", "--json"], judge: judgeHouse, isShown: true },
  { name: "lock file", command: ["check-lock"], judge: judgeLockFile },
  { name: "Terraform", command: ["check-terraform", "--", "--json"], judge: judgeTerraform, isShown: true },
  { name: "workflows", command: ["check-workflows"], judge: judgeWorkflows },
];

/** These gates need the build. Some build again, so they run one after the other. */
const built: readonly Gate[] = [
  { name: "build", command: ["build"], judge: judgeBuild },
  { name: "docs in step with the code", command: ["docs", "--", "--check"], judge: judgeDocs },
  { name: "documents and drills", command: ["check-docs", "--", "--json"], judge: judgeDocuments, isShown: true },
  { name: "published package", command: ["check-package"], judge: judgePackage },
  { name: "image", command: ["check-image", "--", "--json"], judge: judgeImage, isShown: true },
  { name: "command line starts", command: ["oci-rotate", "--", "--help"], judge: judgeHelp },
  { name: "emulator starts", command: ["emulator", "--", "--help"], judge: judgeHelp },
];

/** Gates that wait for processes and clocks more than they compute, so they run in parallel with prove. */
const demos: readonly Gate[] = [
  demo("demo", [], judgeDemo),
  ...["regenerate:answer-lost", "write-pending:answer-lost", "regenerate:killed-after"].map((fault) =>
    demo(`demo with the fault ${fault}`, ["--fault", fault], judgeHealed),
  ),
  ...furtherIssuers.map(({ issuer, judge }) => demo(`demo at ${issuer}`, ["--issuer", issuer], judge)),
  demo("demo with notifications", ["--notify"], judgeNotified),
  demo("demo of the Retail mirror", ["--mirror"], judgeMirrored),
  demo("demo of adoption", ["--adopt"], judgeAdopted),
];

const figures = (name: string, command: readonly string[], judge: Judge, more: Partial<Gate> = {}): Gate => ({
  name,
  command,
  judge,
  isShown: true,
  ...more,
});

/** What must hold before a change lands. The benches come last and by themselves, since they measure. */
export const wholePhases: readonly Phase[] = [
  [source, built],
  [
    [
      ...demos,
      figures("live: real servers and clients", ["live", "--", "--json"], judgeLive, { timeoutMs: LIVE_LIMIT_MS }),
      figures("real kills", ["prove", "--", "--kills"], judgeKills),
      figures("upgrade and rollback in mid-rotation", ["prove", "--", "--upgrades", "--json"], judgeUpgrades, {
        timeoutMs: UPGRADES_LIMIT_MS,
      }),
    ],
    [
      figures("prove", ["prove", "--", "--json"], judgeProof, { timeoutMs: PROVE_LIMIT_MS }),
      figures("prove, adversary", ["prove", "--", "--adversary", "--json"], judgeAdversary, {
        timeoutMs: ADVERSARY_LIMIT_MS,
      }),
    ],
  ],
  [
    [
      figures("bench", ["bench", "--", "--json"], judgeBench),
      figures("command line at a thousand secrets", ["bench", "--", "--cli", "--json"], judgeCommandLine),
      figures("fleet of thousands", ["bench", "--", "--fleet", "--json"], judgeFleet),
      figures("rotations unnoticed", ["bench", "--", "--consumer", "--json"], judgeConsumer),
      figures("mirror sparing the domain", ["bench", "--", "--mirror", "--json"], judgeMirror),
      figures("emulator with many secrets", ["bench", "--", "--emulator", "--json"], judgeEmulator),
    ],
  ],
];

/** Into how many parts the quick form cuts the single faults: one of them takes three minutes. */
const PARTS = 20;

/** What is asked for before a push. @param seed draws the part of the single faults: another one with every commit */
export function quickPhases(seed: string): readonly Phase[] {
  const args = ["--json", "--singles-only", "--part-of-singles", `${seed}/${PARTS}`];
  const name = `prove, part ${seed}/${PARTS} of the single faults`;
  return [
    [source, built],
    [demos, [figures(name, ["prove", "--", ...args], judgePart(seed, PARTS))]],
  ];
}
