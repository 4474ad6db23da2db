/**
 * The figures of `npm run bench`. Times are ratios of two measurements in one run, so that they hold on any machine and
 * under any load.
 */
import { z } from "zod";
import { calls, callsWithTime } from "./calls.ts";
import { atLeast, between, judgeLine } from "./judge.ts";

const positive = z.number().positive();
const spread = z.object({ median: positive, p90: positive });

/** Against a function that holds nothing but Oracle's FDK, started in turns with ours. */
const MAX_WALL = 1.8;
const MAX_CPU = 1.7;
/** The same of a start whose first event is a rotation, with all that it loads. */
const MAX_FIRST_ROTATION_CPU = 5;
/** func.js with all that it loads for a rotation at OCI IAM. */
const MAX_BUNDLE_KB = 1_050;
const MAX_RESIDENT_MB = 74;
const MAX_RESIDENT_AFTER_THOUSAND_MB = 100;
/** Reads that overlap may bring a rotation below its serial path; waiting alone never brings it down to half. */
const rotationRatio = between(0.5, 1.1);
const deadWindowRatio = between(0.5, 1.15);

const callsUpTo = ({ fourStep, whole }: typeof calls | typeof callsWithTime) =>
  z.object({ fourStep: atLeast(1).max(fourStep), whole: atLeast(1).max(whole) });

/** So many secrets, each of which is noted: one call must reach all of them, and short calls that go on do so too. */
const FLEET = 1_001;
const wholeFleet = { secrets: z.literal(FLEET), reached: z.literal(FLEET), noted: z.literal(FLEET) };

export const judgeBench = judgeLine(
  z.object({
    coldStart: z.object({
      runs: atLeast(10),
      wallRatio: between(1, MAX_WALL),
      cpuRatio: between(1, MAX_CPU),
      wallMs: spread,
      emptyWallMs: spread,
      cpuMs: spread,
      emptyCpuMs: spread,
    }),
    firstRotation: z.object({ cpuRatio: between(1, MAX_FIRST_ROTATION_CPU), cpuMs: spread }),
    bundleKb: atLeast(100).max(MAX_BUNDLE_KB),
    inputs: atLeast(100),
    rssMb: between(30, MAX_RESIDENT_MB),
    rssAfterThousandMb: between(30, MAX_RESIDENT_AFTER_THOUSAND_MB),
    rotationRatio: z.object({ "0.2": rotationRatio, "1": rotationRatio, "3": rotationRatio, "8": rotationRatio }),
    deadWindowRatio,
    remoteCalls: z.object({ "0": callsUpTo(calls), "1": callsUpTo(callsWithTime) }),
    heal: z.object({
      ...wholeFleet,
      // With one call, nothing was continued.
      following: z.object({ ...wholeFleet, calls: atLeast(2).max(10), again: z.literal(0) }),
    }),
  }),
);

const requests = atLeast(1_000);

/** At an issuer that keeps one client secret: the consumer client must hide what is there to be noticed. */
export const judgeConsumer = judgeLine(
  z.object({
    consumer: z.object({
      with: z.object({ requests, failed: z.literal(0) }),
      without: z.object({ requests, failed: atLeast(100) }),
    }),
  }),
);

const LEAST_PAUSE_MS = 60_000;

/** At most one token request an hour, and a minute's peace after every 429. */
export const judgeMirror = judgeLine(
  z.object({
    mirror: z
      .object({
        fetches: atLeast(1_000),
        hours: positive,
        tokenRequests: atLeast(1),
        shortestPauseMs: z.number().min(LEAST_PAUSE_MS),
      })
      .refine(({ tokenRequests, hours }) => tokenRequests <= Math.ceil(hours), "more than one token request an hour"),
  }),
);

const MAX_SHARE_429 = 0.01;
const MAX_ROTATE_RATIO = 1.1;
/** Against the start of the same command, in turns with it. */
const MAX_SCAN_RATIO = 10;
const MAX_GROWTH_MB = 20;

/** The command line at a thousand secrets: the figures that an operator of many clients relies on. */
export const judgeCommandLine = judgeLine(
  z.object({
    cli: z.object({
      rotateAll: z.object({
        secrets: atLeast(1_000),
        lost: z.literal(0),
        share429: between(0, MAX_SHARE_429),
        // Nothing is faster than the domain's own limit; rounding may seem so.
        ratio: between(0.99, MAX_ROTATE_RATIO),
      }),
      scanMs: positive,
      scanRatio: between(1, MAX_SCAN_RATIO),
      rssGrowthMb: z.number().max(MAX_GROWTH_MB),
    }),
  }),
);

const MAX_FLEET_RATIO = 1.2;
const share429 = between(0, MAX_SHARE_429);
const fleetRatio = between(0.99, MAX_FLEET_RATIO);
const LISTED = 5_000;
const ADOPTED = 1_000;
const DUE = 4_500;

/** A whole fleet at the limits of the smallest identity domain: every client is found, adopted and rotated, once, hardly slower than it lets. */
export const judgeFleet = judgeLine(
  z.object({
    clients: z.object({ listed: z.literal(LISTED), seconds: positive }),
    adopt: z.object({
      clients: z.literal(ADOPTED),
      adopted: z.literal(ADOPTED),
      proven: z.literal(ADOPTED),
      bound: z.literal(ADOPTED),
      lost: z.literal(0),
      ratio: fleetRatio,
      share429,
    }),
    rotateDue: z.object({
      secrets: z.literal(DUE),
      rotated: z.literal(DUE),
      twice: z.literal(0),
      ratio: fleetRatio,
      // No function lives long enough for so many.
      calls: between(5, 40),
      minutes: positive,
      share429,
    }),
  }),
);

const MAX_LIST_RATIO = 1.3;
const MAX_REFUSED_GROWTH_MB = 20;

/** The emulator with many secrets: a data folder costs a read next to nothing, and what is refused leaves nothing behind. */
export const judgeEmulator = judgeLine(
  z.object({
    emulator: z.object({
      secrets: atLeast(5_000),
      listMs: positive,
      listRatio: between(0.1, MAX_LIST_RATIO),
      refusedBodies: atLeast(1_000),
      rssGrowthMb: z.number().max(MAX_REFUSED_GROWTH_MB),
    }),
  }),
);
