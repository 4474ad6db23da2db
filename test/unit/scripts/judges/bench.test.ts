import { describe, expect, test } from "vitest";
import {
  judgeBench,
  judgeCommandLine,
  judgeConsumer,
  judgeEmulator,
  judgeFleet,
  judgeMirror,
} from "../../../../scripts/judges/bench.ts";
import { expectRefusals, having } from "./corrupt.ts";

const spread = { median: 600, p90: 800 };
const coldStart = {
  ...{ runs: 15, wallRatio: 1.4, cpuRatio: 1.55, wallMs: spread, emptyWallMs: { median: 300, p90: 400 } },
  ...{ cpuMs: { median: 90, p90: 95 }, emptyCpuMs: { median: 38, p90: 40 } },
};
const all = { secrets: 1_001, reached: 1_001, noted: 1_001 };
const bench = {
  ...{ coldStart, firstRotation: { cpuRatio: 4.6, cpuMs: spread }, bundleKb: 905, inputs: 499 },
  ...{ rssMb: 70.4, rssAfterThousandMb: 95.3 },
  ...{ rotationRatio: { "0.2": 0.99, "1": 1, "3": 1.01, "8": 1.02 }, deadWindowRatio: 1.04 },
  remoteCalls: { "0": { fourStep: 21, whole: 14 }, "1": { fourStep: 24, whole: 16 } },
  heal: { ...all, following: { ...all, calls: 2, again: 0 } },
};

describe("the function's bench", () => {
  test("must show every figure", () => {
    expectRefusals(judgeBench, bench);
  });

  test.each([
    ["a first answer much slower than that of a function that does nothing", "coldStart.wallRatio", 1.81],
    ["a first answer faster than what cannot be faster", "coldStart.wallRatio", 0.9],
    ["much more CPU", "coldStart.cpuRatio", 1.71],
    ["much more CPU of a start that rotates", "firstRotation.cpuRatio", 5.01],
    ["much memory after one rotation", "rssMb", 74.1],
    ["much memory after many", "rssAfterThousandMb", 100.1],
    ["no memory", "rssAfterThousandMb", 0],
    ["files that have grown", "bundleKb", 1_051],
    ["an empty bundle", "bundleKb", 0],
    ["a time of nothing", "coldStart.cpuMs.median", 0],
    ["hardly a run", "coldStart.runs", 1],
    ["a rotation that waits", "rotationRatio.3", 1.11],
    ["a rotation that takes no time", "rotationRatio.8", 0],
    ["a dead window that waits", "deadWindowRatio", 1.16],
    ["a call more in four steps", "remoteCalls.0.fourStep", 22],
    ["a call more in one call", "remoteCalls.0.whole", 15],
    ["looks too often at a secret that is UPDATING", "remoteCalls.1.whole", 17],
    ["no calls", "remoteCalls.1.fourStep", 0],
    ["a secret that the one heal did not reach", "heal.reached", 1_000],
    ["a secret that the one heal did not note", "heal.noted", 143],
    ["a heal of fewer secrets", "heal.secrets", 100],
    ["a secret that no heal reached", "heal.following.reached", 1_000],
    ["a secret that two heals looked at", "heal.following.again", 1],
    ["heals that had nothing to go on from", "heal.following.calls", 1],
    ["heals without an end", "heal.following.calls", 11],
  ])("is refused with %s", (_, path, value) => {
    expect(judgeBench({ stdout: having(bench, path, value) })).toContain(path);
  });

  test("of a slow machine is judged by the same ratio", () => {
    const slow = {
      ...bench,
      coldStart: { ...coldStart, wallMs: { median: 6_000, p90: 8_000 }, emptyWallMs: { median: 3_000, p90: 4_000 } },
    };
    expect(judgeBench({ stdout: JSON.stringify(slow) })).toBeNull();
  });
});

describe("the consumer's bench", () => {
  const line = { consumer: { with: { requests: 3_279, failed: 0 }, without: { requests: 3_146, failed: 745 } } };

  test("must show every figure", () => {
    expectRefusals(judgeConsumer, line);
  });

  test.each([
    ["a request that failed", "consumer.with.failed", 1],
    ["few requests", "consumer.with.requests", 999],
    ["nothing to be noticed without the client", "consumer.without.failed", 0],
    ["few requests without the client", "consumer.without.requests", 0],
  ])("is refused with %s", (_, path, value) => {
    expect(judgeConsumer({ stdout: having(line, path, value) })).toContain(path);
  });
});

describe("the mirror's bench", () => {
  const line = { mirror: { fetches: 1_000, hours: 16.67, tokenRequests: 17, shortestPauseMs: 61_120 } };

  test("must show every figure, the pause after a 429 too", () => {
    expectRefusals(judgeMirror, line);
  });

  test.each([
    ["mirror.tokenRequests", 18],
    ["mirror.tokenRequests", 0],
    ["mirror.fetches", 999],
    ["mirror.shortestPauseMs", 59_999],
    ["mirror.hours", 0],
  ])("is refused with a %s of %d", (path, value) => {
    expect(judgeMirror({ stdout: having(line, path, value) })).toContain("mirror");
  });
});

describe("the emulator's bench", () => {
  const line = { emulator: { secrets: 5_000, listMs: 250, listRatio: 1.02, refusedBodies: 1_000, rssGrowthMb: -1.5 } };

  test("must show every figure", () => {
    expectRefusals(judgeEmulator, line);
  });

  test.each([
    ["emulator.secrets", 4_999],
    ["emulator.listRatio", 1.31],
    ["emulator.listRatio", 0],
    ["emulator.refusedBodies", 999],
    ["emulator.rssGrowthMb", 20.1],
  ])("is refused with a %s of %d", (path, value) => {
    expect(judgeEmulator({ stdout: having(line, path, value) })).toContain("emulator");
  });
});

describe("the fleet's bench", () => {
  const line = {
    clients: { listed: 5_000, seconds: 5.2 },
    adopt: { clients: 1_000, adopted: 1_000, proven: 1_000, bound: 1_000, lost: 0, ratio: 1.1, share429: 0 },
    rotateDue: { secrets: 4_500, rotated: 4_500, twice: 0, ratio: 1.1, calls: 18, minutes: 66.2, share429: 0 },
  };

  test("must show every figure", () => {
    expectRefusals(judgeFleet, line);
  });

  test.each([
    ["a client that is not listed", "clients.listed", 4_999],
    ["a list that took no time", "clients.seconds", 0],
    ["fewer clients to adopt", "adopt.clients", 999],
    ["a client that is not adopted", "adopt.adopted", 999],
    ["a value that no login proved", "adopt.proven", 999],
    ["a secret that nobody may rotate", "adopt.bound", 999],
    ["a value that is lost", "adopt.lost", 1],
    ["an adoption that waits", "adopt.ratio", 1.21],
    ["an adoption faster than the limit", "adopt.ratio", 0.9],
    ["refusals by the domain", "adopt.share429", 0.011],
    ["a secret that is not rotated", "rotateDue.rotated", 4_499],
    ["fewer secrets", "rotateDue.secrets", 100],
    ["a secret that is rotated twice", "rotateDue.twice", 1],
    ["rotations that wait", "rotateDue.ratio", 1.21],
    ["rotations faster than the limit", "rotateDue.ratio", 0],
    ["one call for all", "rotateDue.calls", 1],
    ["calls without an end", "rotateDue.calls", 41],
    ["refusals of rotations", "rotateDue.share429", 0.02],
  ])("is refused with %s", (_, path, value) => {
    expect(judgeFleet({ stdout: having(line, path, value) })).toContain(path);
  });
});

describe("the command line's bench", () => {
  const line = {
    cli: {
      rotateAll: { secrets: 1_000, lost: 0, share429: 0, ratio: 1.1 },
      ...{ scanMs: 3_000, scanRatio: 4, rssGrowthMb: 9.2 },
    },
  };

  test("must show every figure", () => {
    expectRefusals(judgeCommandLine, line);
  });

  test("takes a growth below nothing, which is measured too, and a slow machine", () => {
    expect(judgeCommandLine({ stdout: having(line, "cli.rssGrowthMb", -2) })).toBeNull();
    expect(judgeCommandLine({ stdout: having(line, "cli.scanMs", 60_000) })).toBeNull();
  });

  test.each([
    ["cli.rotateAll.secrets", 999],
    ["cli.rotateAll.lost", 1],
    ["cli.rotateAll.share429", 0.011],
    ["cli.rotateAll.share429", -0.1],
    ["cli.rotateAll.ratio", 1.11],
    ["cli.rotateAll.ratio", 0],
    ["cli.scanRatio", 100],
    ["cli.scanRatio", 0.5],
    ["cli.rssGrowthMb", 20.1],
  ])("is refused with a %s of %d", (path, value) => {
    expect(judgeCommandLine({ stdout: having(line, path, value) })).toContain(path);
  });
});
