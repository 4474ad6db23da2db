/** What the figures of `npm run prove` must show beside exit code 0, and which of them may become `docs/proof.md`. */
import type { AdversaryReport } from "../src/prove/adversary/report.ts";
import type { ProveReport } from "../src/prove/report.ts";
import { lastLine } from "./judges.ts";
import type { RunResult } from "./run.ts";

const LEAST_PAIRS = 100_000;
const LEAST_FAULT_KINDS = 29;
const MOST_ROTATIONS = 2;
const MOST_CALLS = { fourStep: 22, whole: 16 };
/** Single faults, where all of them run. */
const LEAST_SINGLES = { ociIam: 230_000, otherIssuers: 64_000 };
/** A seed parts them nearly in the middle. */
const LEAST_HALF = 0.49;
const MOST_HALF = 0.51;

function judgeShare({ half, singlesShare }: ProveReport, halfSeed: string | null): string | null {
  if (halfSeed === null) return half === null && singlesShare === 1 ? null : "not all single faults of OCI IAM";
  if (half === null || half.isOther || half.seed !== halfSeed) return `not the half of the seed ${halfSeed}`;
  return singlesShare >= LEAST_HALF && singlesShare <= MOST_HALF
    ? null
    : `a share of ${singlesShare} of the single faults of OCI IAM is no half`;
}

function judgeSingles({ issuers }: ProveReport, halfSeed: string | null): string | null {
  const { "oci-iam": ociIam, ...others } = issuers;
  const found = ociIam?.singles ?? 0;
  const least = Math.round(LEAST_SINGLES.ociIam * (halfSeed === null ? 1 : LEAST_HALF));
  if (found < least) return `${found} single faults of OCI IAM, at least ${least}`;
  const elsewhere = Object.values(others).reduce((sum, { singles }) => sum + singles, 0);
  return elsewhere < LEAST_SINGLES.otherIssuers
    ? `${elsewhere} single faults of the other issuers, at least ${LEAST_SINGLES.otherIssuers}`
    : null;
}

function judgeRest({ pairs, faultKinds, mirror, maxRotationsToConverge, remoteCalls }: ProveReport): string | null {
  if (pairs < LEAST_PAIRS) return `${pairs} pairs, at least ${LEAST_PAIRS}`;
  if (faultKinds < LEAST_FAULT_KINDS) return `${faultKinds} kinds of faults, at least ${LEAST_FAULT_KINDS}`;
  if ((mirror?.pairs ?? 0) === 0) return "no pairs of faults at the mirror";
  if (maxRotationsToConverge > MOST_ROTATIONS) return `${maxRotationsToConverge} rotations to converge`;
  const { fourStep, whole } = remoteCalls;
  return fourStep > MOST_CALLS.fourStep || whole > MOST_CALLS.whole ? `${fourStep} and ${whole} remote calls` : null;
}

/**
 * Prints the figures, and holds those that a run's own exit code does not.
 * @param halfSeed of the half of the single faults of OCI IAM that was asked for; null: all of them
 */
export function judgeProof({ stdout }: Pick<RunResult, "stdout">, halfSeed: string | null): string | null {
  console.log(lastLine(stdout));
  const proof: ProveReport = JSON.parse(lastLine(stdout));
  return judgeShare(proof, halfSeed) ?? judgeSingles(proof, halfSeed) ?? judgeRest(proof);
}

const LEAST_SCHEDULES = 25_000;
const CONTROLS = 4;
const MOST_SECONDS = 600;

/** Prints the figures. Exit code 0 says that nothing was found but by the controls; here, that all of it was tried, and within its time. */
export function judgeAdversary({ stdout }: Pick<RunResult, "stdout">): string | null {
  console.log(lastLine(stdout));
  const { adversary, quiet, seconds }: AdversaryReport & { seconds: number } = JSON.parse(lastLine(stdout));
  if (adversary.schedules < LEAST_SCHEDULES) return `${adversary.schedules} schedules, at least ${LEAST_SCHEDULES}`;
  const controls = Object.values(adversary.controls);
  if (controls.length < CONTROLS || controls.some((count) => count === 0))
    return "a control shows nothing, or is missing";
  if (quiet.units === 0 || quiet.rotated !== quiet.units) return `${quiet.rotated} of ${quiet.units} quiet runs rotate`;
  return seconds > MOST_SECONDS ? `it took ${seconds} s, at most ${MOST_SECONDS}` : null;
}

/** The figures of a whole run. Lines of earlier runs do not speak of halves. Throws an Error where a half ran. */
export function wholeProof(stdout: string): ProveReport {
  const proof: ProveReport = JSON.parse(lastLine(stdout));
  if (proof.half !== null && proof.half !== undefined) {
    throw new Error("this run tried a half of the single faults of OCI IAM. Next: npm run proof, without --from.");
  }
  return proof;
}
