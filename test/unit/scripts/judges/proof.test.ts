import { describe, expect, test } from "vitest";
import { judgeAdversary, judgeKills, judgePart, judgeProof, refusalOf } from "../../../../scripts/judges/proof.ts";
import { expectRefusals, having } from "./corrupt.ts";

const SEED = "734ef9c1";
const CODE = "0123456789abcdef";
const harm = { lost: 0, unverifiedPromotions: 0, leaks: 0, notConverged: 0, otherViolations: 0 };
const issuer = (singles: number) => ({ singles, pairs: 2_000, inherent: 0, ...harm });
const controls = {
  ...{ noCheckOfClients: 6, bindingsByIdAndOrigin: 3, noProofOfOwnValues: 2, fixedSecondName: 2 },
  ...{ acknowledgedAtOnce: 2, placeholderForValue: 3 },
};
const violations = {
  ...{ exfiltrated: 0, planted: 0, foreignChanges: 0, lost: 0, lent: 0, ended: 0, misled: 0 },
  ...{ notConverged: 0, crossed: 0, masked: 0, silent: 0, malformed: 0 },
};
const adversary = { schedules: 2_800, raced: 0, controls, ...violations };
const quiet = { units: 332, rotated: 332 };
const mirror = { singles: 1_624, twice: 1_624, frozen: 116, quiet: 54, quietMirrored: 54, failed: 0, controlTorn: 2 };
const always = {
  ...harm,
  faultKinds: 29,
  remoteCalls: { fourStep: 21, whole: 14, firstRotation: { fourStep: 32, whole: 25 } },
  ...{ maxRotationsToConverge: 2, maxExtraMints: 1, rule4Promotions: 167 },
  ...{ longestCurrentDeadMs: 2_392_000, longestCurrentDeadOnPurposeMs: 1_489_000 },
  inherent: { count: 3_948, reasons: { "regenerate:answer-lost": 196 }, unpinned: [] },
  falseAlarms: { singles: 0, pairs: 12 },
  liveness: { units: 12_000, rotations: 12_000 },
  control: { schedules: 2_455, lost: 348, unverifiedPromotions: 2_430 },
  command: {
    ...{ kills: 132, lost: 0, twice: 0, unfinished: 0, leaks: 0, liveness: { units: 134, rotations: 134 } },
    adopt: {
      ...{ kills: 450, lost: 0, twice: 0, unfinished: 0, misled: 0, leaks: 0 },
      liveness: { units: 454, rotations: 454 },
    },
  },
  ...{ adversary, quiet, unsupported: [], seconds: 2_640, schedulesPerSecond: 146, seed: 1, code: CODE },
};
const whole = {
  ...always,
  part: null,
  ...{ singlesShare: 1, schedules: 413_874, singles: 302_402, pairs: 111_472, pairsShare: 0.028 },
  ...{ maxExtraMintsInPairs: 2, walks: 10_000, walksFailed: 0, walkSteps: 120_000 },
  sabotage: { planted: 50, caught: 50 },
  issuers: {
    "oci-iam": issuer(236_573),
    "oci-iam-caller": issuer(10_009),
    keycloak: issuer(11_009),
    "keycloak-policy": issuer(12_609),
    uaa: issuer(14_555),
    "edfi-cms": issuer(17_647),
  },
  mirror: { ...mirror, pairs: 2_971, pairsPossible: 274_806 },
};
const part = {
  ...always,
  part: { seed: SEED, of: 20 },
  sabotage: null,
  ...{ singlesShare: 0.0502, singles: 15_200 },
  issuers: Object.fromEntries(
    Object.entries(whole.issuers).map(([name, own]) => [
      name,
      { ...own, singles: Math.round(own.singles / 20), pairs: 0 },
    ]),
  ),
  mirror,
};
const line = (figures: object) => ({ stdout: `progress\n${JSON.stringify(figures)}\n` });
/** Absent, or no reasons, is possible where nothing was lost. */
const FREE = ["inherent.reasons.regenerate:answer-lost", "inherent.reasons"];

describe("the gate of the fault checker", () => {
  test("takes a whole run, with every figure", () => {
    expect(judgeProof(line(whole))).toBeNull();
    expectRefusals(judgeProof, whole, FREE);
  });

  test.each([
    ["half of the single faults", "singlesShare", 0.5],
    ["a planted bug that nothing caught", "sabotage", { planted: 50, caught: 49 }],
    ["too few planted bugs", "sabotage", { planted: 44, caught: 44 }],
    ["a part", "part", { seed: SEED, of: 20 }],
    ["too few single faults", "singles", 290_000],
    ["too few of OCI IAM", "issuers.oci-iam.singles", 229_999],
    ["too few of an issuer", "issuers.uaa.singles", 13_999],
    ["no pairs of an issuer", "issuers.uaa.pairs", 0],
    ["a loss at an issuer", "issuers.uaa.lost", 1],
    ["too few pairs", "pairs", 99_999],
    ["too few walks", "walks", 9_999],
    ["a walk that failed", "walksFailed", 1],
    ["a kind of fault less", "faultKinds", 28],
    ["no fault at the mirror", "mirror.singles", 0],
    ["no pairs at the mirror", "mirror.pairs", 0],
    ["a mirror that failed", "mirror.failed", 1],
    ["a blind control of the mirror", "mirror.controlTorn", 0],
    ["a command that was hardly killed", "command.kills", 129],
    ["a secret that the command rotated twice", "command.twice", 1],
    ["an adoption that was hardly killed", "command.adopt.kills", 399],
    ["a value that an adoption lost", "command.adopt.lost", 1],
    ["an application that an adoption misled", "command.adopt.misled", 1],
    ["an adoption that binds half", "command.adopt.unfinished", 1],
    ["an adoption that leaves a client as it was", "command.adopt.liveness.rotations", 453],
    ["a false alarm under one fault", "falseAlarms.singles", 1],
    ["false alarms as they once were counted", "falseAlarms", 0],
    ["a rotation without faults that does not rotate", "liveness.rotations", 11_999],
    ["too few rotations without faults", "liveness", { units: 9_999, rotations: 9_999 }],
    ["a command that leaves a secret as it was", "command.liveness.rotations", 133],
    ["a mirror that does nothing", "mirror.quietMirrored", 0],
    ["a loss that is not pinned", "inherent.unpinned", ["1 loss by promote:refused"]],
    ["three rotations to converge", "maxRotationsToConverge", 3],
    ["a call more in four steps", "remoteCalls.fourStep", 22],
    ["a call less in four steps", "remoteCalls.fourStep", 20],
    ["a call more in one", "remoteCalls.whole", 15],
    ["a call less in one", "remoteCalls.whole", 13],
    ["a first rotation that finds nothing out", "remoteCalls.firstRotation.whole", 14],
    ["a call more in a first rotation", "remoteCalls.firstRotation.fourStep", 33],
    ["a loss", "lost", 1],
    ["a leak", "leaks", 1],
    ["a call more in a first rotation", "remoteCalls.firstRotation.fourStep", 33],
    ["a mirror that was never quiet", "mirror.quiet", 0],
    ["two extra mints", "maxExtraMints", 2],
    ["a control that lost nothing", "control.lost", 0],
    ["an adversary who tried little", "adversary.schedules", 100],
    ["a planted value", "adversary.planted", 1],
    ["a blind control of the adversary", "adversary.controls.fixedSecondName", 0],
    ["a run without him that does not rotate", "quiet.rotated", 331],
    ["something that was not searched", "unsupported", ["action heal"]],
  ])("refuses a run with %s", (_, path, value) => {
    expect(judgeProof({ stdout: having(whole, path, value) })).toContain(path.split(".")[0]);
  });
});

describe("the gate of a part", () => {
  const judge = judgePart(SEED, 20);

  test("takes the part that was asked for, with every figure", () => {
    expect(judge(line(part))).toBeNull();
    expectRefusals(judge, part, FREE);
  });

  test.each([
    ["another seed", "part.seed", "1"],
    ["another part", "part.of", 2],
    ["all of them", "singlesShare", 1],
    ["hardly any", "singlesShare", 0.01],
    ["none of an issuer", "issuers.uaa.singles", 0],
    ["a loss", "lost", 1],
    ["no fault at the mirror", "mirror.singles", 0],
  ])("refuses a run of %s", (_, path, value) => {
    expect(judge({ stdout: having(part, path, value) })).toContain(path);
  });

  test("does not take a whole run for a part, nor a part for a whole run", () => {
    expect(judge(line(whole))).not.toBeNull();
    expect(judgeProof(line(part))).not.toBeNull();
  });
});

describe("docs/proof.md", () => {
  test("may be made from a whole run of this code that has passed", () => {
    expect(refusalOf(line(whole).stdout, CODE)).toBeNull();
  });

  test("may not be made from a run of other code", () => {
    expect(refusalOf(line(whole).stdout, "fedcba9876543210")).toContain("other code");
  });

  test("may not be made from a line of before the code was noted", () => {
    const { code: _, ...earlier } = whole;
    expect(refusalOf(line(earlier).stdout, CODE)).toContain("code is missing");
  });

  test("may not be made from a part, from one that failed, or from nothing", () => {
    expect(refusalOf(line(part).stdout, CODE)).toContain("part is");
    expect(refusalOf(having(whole, "lost", 1), CODE)).toContain("lost is 1");
    expect(refusalOf("", CODE)).not.toBeNull();
  });
});

describe("the gate of the adversary", () => {
  const figures = { adversary: { ...adversary, schedules: 40_500 }, quiet, seconds: 420 };

  test("takes a whole run in which each control shows something", () => {
    expectRefusals(judgeAdversary, figures);
  });

  test.each([
    ["a share", "adversary.schedules", 2_000],
    ["something learnt", "adversary.exfiltrated", 1],
    ["a blind control", "adversary.controls.noCheckOfClients", 0],
    ["a run that does not rotate", "quiet.rotated", 331],
    ["hardly a quiet run", "quiet", { units: 1, rotated: 1 }],
    ["too long a run", "seconds", 601],
  ])("refuses %s", (_, path, value) => {
    expect(judgeAdversary({ stdout: having(figures, path, value) })).toContain(path.split(".")[0]);
  });
});

describe("the gate of the real kills", () => {
  const figures = {
    kills: 72,
    killsFailed: 0,
    notStruck: 1,
    processes: 150,
    maxRotationsToConverge: 1,
    liveness: { units: 74, rotations: 74 },
  };

  test("must show every figure", () => {
    expectRefusals(judgeKills, figures);
  });

  test.each([
    ["kills", 0],
    ["killsFailed", 1],
    ["processes", 0],
    ["maxRotationsToConverge", 4],
  ])("refuses %s of %d", (path, value) => {
    expect(judgeKills({ stdout: having(figures, path, value) })).toContain(path);
  });

  test("refuses a run that ends with the old value", () => {
    expect(judgeKills({ stdout: having(figures, "liveness.rotations", 73) })).toContain("does not rotate");
  });

  test("refuses kills that did not strike", () => {
    expect(judgeKills({ stdout: having(figures, "notStruck", 8) })).toContain("too few kills have struck");
  });
});
