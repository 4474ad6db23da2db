/** What the output of a gate must show, beside exit code 0. Each judge answers null, or what is wrong. */
import type { CliFigures } from "./bench/cli.ts";
import type { MirrorBenchFigures } from "./bench/mirror.ts";
import type { ConsumerFigures } from "./consumer/bench.ts";
import type { LiveFigures } from "./live/live-tests.ts";
import type { RunResult } from "./run.ts";

/** Remote calls that the four steps of a rotation may take. */
const MOST_REMOTE_CALLS = 24;
const STEPS = 4;

const LIVE_TARGETS = ["uaa", "keycloak", "oci"];

const LEAST_ROTATED = 1_000;
const MOST_SHARE_429 = 0.01;
const MOST_RATIO = 1.2;
const MOST_SCAN_MS = 5_000;
const MOST_GROWTH_MB = 20;

const LEAST_FETCHES = 1_000;
const LEAST_PAUSE_MS = 60_000;

interface DemoResult {
  readonly ok: boolean;
  readonly steps: readonly { readonly step: string; readonly responseCode: number }[];
  readonly oldSecret: string;
  readonly newSecret: string;
  readonly remoteCalls: number;
  readonly overlapSecret?: string;
  readonly expiredSecret?: string;
}

export const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";

function judgeSteps({ ok, steps, newSecret }: DemoResult): string | null {
  const good = steps.filter(({ responseCode }) => responseCode === 200).length;
  if (!ok) return "the rotation did not end well";
  if (good !== STEPS || steps.length !== STEPS) return `${good} of ${steps.length} steps answered 200, not ${STEPS}`;
  return newSecret === "accepted" ? null : `the new secret is ${newSecret}`;
}

export function judgeDemo({ stdout }: RunResult): string | null {
  const result: DemoResult = JSON.parse(lastLine(stdout));
  const problem = judgeSteps(result);
  if (problem !== null) return problem;
  if (result.oldSecret !== "rejected") return `the old secret is ${result.oldSecret}`;
  return result.remoteCalls > MOST_REMOTE_CALLS
    ? `${result.remoteCalls} remote calls, at most ${MOST_REMOTE_CALLS}`
    : null;
}

/** Verdicts on the old secret: beside the new one, at the end, and once its time is over. */
type OldSecret = Pick<DemoResult, "oldSecret" | "overlapSecret" | "expiredSecret">;

/** The demo at each further issuer, and what becomes of the old secret there. */
export const furtherIssuers: readonly (readonly [string, OldSecret])[] = [
  ["uaa", { overlapSecret: "accepted", oldSecret: "rejected" }],
  ["keycloak", { overlapSecret: "accepted", oldSecret: "accepted", expiredSecret: "rejected" }],
  ["edfi-cms", { oldSecret: "rejected" }],
];

export function judgeIssuer(stdout: string, expected: OldSecret): string | null {
  const result: DemoResult = JSON.parse(lastLine(stdout));
  const problem = judgeSteps(result);
  if (problem !== null) return problem;
  const { oldSecret, overlapSecret, expiredSecret } = result;
  const isAsExpected =
    oldSecret === expected.oldSecret &&
    overlapSecret === expected.overlapSecret &&
    expiredSecret === expected.expiredSecret;
  return isAsExpected
    ? null
    : `the old secret is ${overlapSecret} beside the new one, then ${oldSecret}, ${expiredSecret} after its time`;
}

export function judgeHealed({ stdout }: RunResult): string | null {
  const result: { ok: boolean; healed?: boolean } = JSON.parse(lastLine(stdout));
  return result.ok && result.healed ? null : "the fault was not made good";
}

/** The demo with somebody to tell: a webhook whose signature is right, and a mail. */
export function judgeNotified({ stdout }: RunResult): string | null {
  const result: { ok: boolean; webhooks: readonly { verified: boolean }[]; mails: readonly unknown[] } = JSON.parse(
    lastLine(stdout),
  );
  if (!result.ok) return "the rotation did not end well";
  if (result.webhooks.length === 0 || result.webhooks.some(({ verified }) => !verified)) return "no verified webhook";
  return result.mails.length === 0 ? "no mail" : null;
}

/** The demo of the Retail credential mirror: what changed at the Credential Exchange is in force in Vault. */
export function judgeMirrored({ stdout }: RunResult): string | null {
  const { ok, mirror }: { ok: boolean; mirror: { setsServed: number; setInForce: number } } = JSON.parse(
    lastLine(stdout),
  );
  return ok && mirror.setsServed > 1 && mirror.setInForce === mirror.setsServed
    ? null
    : "the newest set is not in force";
}

/** Every target must have been tried, with nothing left out. */
export function judgeLive({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const figures: Readonly<Record<string, LiveFigures>> = JSON.parse(lastLine(stdout));
  const problems = LIVE_TARGETS.flatMap((name) => {
    const { passed = 0, failed = 0 } = figures[name] ?? {};
    return failed === 0 && passed > 0 ? [] : [`${name}: ${passed} passed, ${failed} failed`];
  });
  return problems.length === 0 ? null : problems.join("; ");
}

export function judgeBench({ stdout }: RunResult): string | null {
  const { firstAnswerMs }: { firstAnswerMs: { median: unknown } } = JSON.parse(lastLine(stdout));
  return typeof firstAnswerMs.median === "number" ? null : "no time to first answer";
}

/** At an issuer that keeps one client secret: the consumer client must hide what is there to be noticed. */
export function judgeConsumer({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const { consumer }: { consumer: Pick<ConsumerFigures, "with" | "without"> } = JSON.parse(lastLine(stdout));
  if (consumer.with.requests === 0) return "no requests";
  if (consumer.with.failed !== 0) return `${consumer.with.failed} failed requests with the consumer client`;
  return consumer.without.failed > 0 ? null : "no failed requests without it, so the run shows nothing";
}

/** At most one token request an hour, and a minute's peace after every 429. */
export function judgeMirror({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const { mirror }: { mirror: MirrorBenchFigures } = JSON.parse(lastLine(stdout));
  const { fetches, hours, tokenRequests, shortestPauseMs } = mirror;
  if (fetches < LEAST_FETCHES) return `${fetches} fetches, at least ${LEAST_FETCHES}`;
  if (tokenRequests > Math.ceil(hours)) return `${tokenRequests} token requests in ${hours} hours`;
  return shortestPauseMs === null || shortestPauseMs >= LEAST_PAUSE_MS
    ? null
    : `a request ${shortestPauseMs} ms after a 429`;
}

/** The command line at a thousand secrets: the figures that an operator of many clients relies on. */
export function judgeCommandLine({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const { cli }: { cli: CliFigures } = JSON.parse(lastLine(stdout));
  const { secrets, lost, share429, ratio } = cli.rotateAll;
  if (secrets < LEAST_ROTATED || lost !== 0) return `${secrets} secrets rotated, ${lost} lost`;
  if (share429 > MOST_SHARE_429) return `${share429} of the requests were answered 429, at most ${MOST_SHARE_429}`;
  if (ratio > MOST_RATIO) return `${ratio} times the least time, at most ${MOST_RATIO}`;
  if (cli.scanMs >= MOST_SCAN_MS) return `scan took ${cli.scanMs} ms, at most ${MOST_SCAN_MS}`;
  return cli.rssGrowthMb < MOST_GROWTH_MB ? null : `memory grew by ${cli.rssGrowthMb} MB, at most ${MOST_GROWTH_MB}`;
}
