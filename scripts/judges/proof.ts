/** What the figures of `npm run prove` must show besides exit code 0, and which of them may become `docs/proof.md`. */
import { z } from "zod";
import { failuresOf, type ProveReport } from "../../test/prove/report.ts";
import { calls, callsOfFirst } from "./calls.ts";
import { atLeast, between, judgeLine, lastLine } from "./judge.ts";

const count = atLeast(0);
const none = z.literal(0);
const harm = { lost: none, unverifiedPromotions: none, leaks: none, notConverged: none, otherViolations: none };

/** The single faults of a run that includes all of them. */
const LEAST_SINGLES = {
  "oci-iam": 230_000,
  "oci-iam-caller": 9_500,
  keycloak: 10_500,
  "keycloak-policy": 12_000,
  uaa: 14_000,
  "edfi-cms": 17_000,
} as const;
type Issuer = keyof typeof LEAST_SINGLES;
const issuers = Object.keys(LEAST_SINGLES) as readonly Issuer[];
const LEAST_ALL_SINGLES = Object.values(LEAST_SINGLES).reduce((sum, singles) => sum + singles, 0);

const ofIssuers = (singles: (issuer: Issuer) => number, pairs: number) =>
  z.object(
    Object.fromEntries(
      issuers.map((issuer) => [
        issuer,
        z.object({ singles: atLeast(singles(issuer)), pairs: atLeast(pairs), inherent: count, ...harm }),
      ]),
    ),
  );

/** Rotations that nothing kept from it: each must rotate. */
const liveness = (units: number) =>
  z
    .object({ units: atLeast(units), rotations: atLeast(units) })
    .refine(({ units: tried, rotations }) => rotations >= tried, "a rotation without faults does not rotate");

const adopt = z.object({
  ...{ kills: atLeast(400), lost: none, twice: none, unfinished: none, misled: none, leaks: none },
  liveness: liveness(400),
});
const command = z.object({
  adopt,
  ...{ kills: atLeast(130), lost: none, twice: none, unfinished: none, leaks: none },
  liveness: liveness(130),
});

const mirrorQuiet = { quiet: atLeast(50), quietMirrored: atLeast(50) };
const mirrorSingles = { singles: atLeast(1_600), twice: atLeast(1_600), frozen: atLeast(110), ...mirrorQuiet };
const mirrorHarm = { failed: none, controlTorn: atLeast(1) };

const violations = {
  ...{ exfiltrated: none, planted: none, foreignChanges: none, lost: none, lent: none, ended: none, misled: none },
  ...{ notConverged: none, crossed: none, masked: none, silent: none, malformed: none },
};
const shows = atLeast(1);
const controls = z.object({
  ...{ noCheckOfClients: shows, bindingsByIdAndOrigin: shows, noProofOfOwnValues: shows, fixedSecondName: shows },
  ...{ acknowledgedAtOnce: shows, placeholderForValue: shows },
});
const adversary = (schedules: number) =>
  z.object({ schedules: atLeast(schedules), raced: count, controls, ...violations });
const quiet = z
  .object({ units: atLeast(320), rotated: atLeast(320) })
  .refine(({ units, rotated }) => units === rotated, "a run without the adversary does not rotate");

/** Bugs planted in the product: each is caught. */
const sabotage = z
  .object({ planted: atLeast(45), caught: atLeast(45) })
  .refine(({ planted, caught }) => planted === caught, "a planted bug is not caught");

/** What every run must show, whole or not. */
const always = {
  ...harm,
  faultKinds: atLeast(29),
  remoteCalls: z.object({
    fourStep: z.literal(calls.fourStep),
    whole: z.literal(calls.whole),
    firstRotation: z.object({ fourStep: z.literal(callsOfFirst.fourStep), whole: z.literal(callsOfFirst.whole) }),
  }),
  maxRotationsToConverge: count.max(2),
  maxExtraMints: count.max(1),
  rule4Promotions: count,
  longestCurrentDeadMs: count,
  longestCurrentDeadOnPurposeMs: count,
  inherent: z.object({ count, reasons: z.record(z.string(), atLeast(1)), unpinned: z.array(z.string()).max(0) }),
  falseAlarms: z.object({ singles: none, pairs: count }),
  liveness: liveness(500),
  control: z.object({ schedules: atLeast(2_400), lost: atLeast(300), unverifiedPromotions: atLeast(2_000) }),
  command,
  adversary: adversary(2_400),
  quiet,
  unsupported: z.array(z.string()).max(0),
  seconds: z.number().positive(),
  schedulesPerSecond: z.number().positive(),
  seed: z.int(),
  code: z.string().regex(/^[0-9a-f]{16}$/),
};

const LEAST_PAIRS_ELSEWHERE = 1_500;
const LEAST_WALKS = 10_000;

/** A run of everything. */
const wholeProof = z.object({
  ...always,
  part: z.null(),
  singlesShare: z.literal(1),
  schedules: atLeast(400_000),
  singles: atLeast(LEAST_ALL_SINGLES),
  pairs: atLeast(100_000),
  pairsShare: between(0, 1),
  maxExtraMintsInPairs: count.max(2),
  walks: atLeast(LEAST_WALKS),
  walksFailed: none,
  // Nearly every walk ends with one.
  liveness: liveness(LEAST_WALKS),
  sabotage,
  walkSteps: atLeast(LEAST_WALKS),
  issuers: ofIssuers((issuer) => LEAST_SINGLES[issuer], LEAST_PAIRS_ELSEWHERE),
  mirror: z.object({ ...mirrorSingles, ...mirrorHarm, pairs: atLeast(2_500), pairsPossible: atLeast(200_000) }),
});

export const judgeProof = judgeLine(wholeProof);

/** Why the line of a run may not become docs/proof.md; null: it may. @param code the digest of the code that it is to speak of */
export function refusalOf(stdout: string, code: string): string | null {
  const problem = judgeProof({ stdout });
  if (problem !== null) return problem;
  const report: ProveReport = JSON.parse(lastLine(stdout));
  if (report.code !== code) return `it is a run of other code (${report.code}, and here is ${code})`;
  const failures = failuresOf(report);
  return failures.length === 0 ? null : failures.join("; ");
}

/** A seed parts them nearly evenly; the parts of one issuer differ more. */
const PART = { least: 0.8, most: 1.2, leastOfIssuer: 0.5 };

/** A run of one part of the single faults, without pairs. */
export function judgePart(seed: string, of: number) {
  return judgeLine(
    z.object({
      ...always,
      part: z.object({ seed: z.literal(seed), of: z.literal(of) }),
      sabotage: z.null(),
      singlesShare: between(PART.least / of, PART.most / of),
      singles: atLeast(Math.floor((LEAST_ALL_SINGLES * PART.least) / of)),
      issuers: ofIssuers((issuer) => Math.floor((LEAST_SINGLES[issuer] * PART.leastOfIssuer) / of), 0),
      mirror: z.object({ ...mirrorSingles, ...mirrorHarm }),
    }),
  );
}

/** Only the adversary, and the whole of it. */
const ADVERSARY_SECONDS = 600;

export const judgeAdversary = judgeLine(
  z.object({ adversary: adversary(38_000), quiet, seconds: between(1, ADVERSARY_SECONDS) }),
);

/** Real processes, killed for real. */
export const judgeKills = judgeLine(
  z
    .object({
      kills: atLeast(60),
      killsFailed: none,
      notStruck: count,
      processes: atLeast(60),
      maxRotationsToConverge: count.max(3),
      liveness: liveness(60),
    })
    .refine(({ kills, notStruck }) => notStruck <= kills * 0.1, "too few kills have struck"),
);
