import { beforeEach, describe, expect, test, vi } from "vitest";
import { judgeAdversary, judgeProof, wholeProof } from "../../../scripts/judge-proof.ts";

const SEED = "734ef9c1";
const half = { seed: SEED, isOther: false };
const issuers = { "oci-iam": { singles: 236_573 }, uaa: { singles: 40_000 }, keycloak: { singles: 25_000 } };
const whole = {
  half: null,
  singlesShare: 1,
  issuers,
  pairs: 111_472,
  faultKinds: 29,
  mirror: { pairs: 2_975 },
  maxRotationsToConverge: 2,
  remoteCalls: { fourStep: 22, whole: 14 },
};
const ofHalf = { ...whole, half, singlesShare: 0.4987, issuers: { ...issuers, "oci-iam": { singles: 118_100 } } };
const judge = (figures: object, seed: string | null) =>
  judgeProof({ stdout: `progress\n${JSON.stringify(figures)}\n` }, seed);

let shown: unknown[];
beforeEach(() => {
  shown = [];
  vi.spyOn(console, "log").mockImplementation((line) => {
    shown.push(line);
  });
});

describe("the gate of the fault checker", () => {
  test("takes a whole run, and the half that was asked for", () => {
    expect(judge(whole, null)).toBeNull();
    expect(judge(ofHalf, SEED)).toBeNull();
  });

  test("shows the figures", () => {
    judge(ofHalf, SEED);
    expect(shown).toEqual([JSON.stringify(ofHalf)]);
  });

  test("takes neither a half for a whole run nor a whole run for a half", () => {
    expect(judge(ofHalf, null)).toBe("not all single faults of OCI IAM");
    expect(judge(whole, SEED)).toBe(`not the half of the seed ${SEED}`);
  });

  test.each([
    ["of another seed", { half: { seed: "1", isOther: false } }],
    ["that is the other one", { half: { seed: SEED, isOther: true } }],
  ])("refuses a half %s", (_, wrong) => {
    expect(judge({ ...ofHalf, ...wrong }, SEED)).toBe(`not the half of the seed ${SEED}`);
  });

  test.each([0.4, 0.489, 0.511, 1])("refuses a share of %d as a half", (singlesShare) => {
    expect(judge({ ...ofHalf, singlesShare }, SEED)).toContain("is no half");
  });

  test.each([
    ["a whole run", whole, null, 229_999, 230_000],
    ["a half", ofHalf, SEED, 112_699, 112_700],
  ])("holds how many single faults %s has at least", (_, figures, seed, tooFew, enough) => {
    const having = (singles: number) => ({ ...figures, issuers: { ...issuers, "oci-iam": { singles } } });
    expect(judge(having(tooFew), seed)).toBe(`${tooFew} single faults of OCI IAM, at least ${enough}`);
    expect(judge(having(enough), seed)).toBeNull();
  });

  test.each([
    ["few at the other issuers", { issuers: { ...ofHalf.issuers, uaa: { singles: 1 } } }],
    ["no pairs", { pairs: 99_999 }],
    ["a kind of fault less", { faultKinds: 28 }],
    ["no pairs at the mirror", { mirror: { pairs: 0 } }],
    ["no mirror", { mirror: null }],
    ["three rotations to converge", { maxRotationsToConverge: 3 }],
    ["more calls in four steps", { remoteCalls: { fourStep: 23, whole: 14 } }],
    ["more calls in one", { remoteCalls: { fourStep: 22, whole: 17 } }],
  ])("refuses %s, of a whole run and of a half", (_, wrong) => {
    expect(judge({ ...whole, ...wrong }, null)).toEqual(expect.any(String));
    expect(judge({ ...ofHalf, ...wrong }, SEED)).toEqual(expect.any(String));
  });
});

describe("docs/proof.md", () => {
  test("may be made from a whole run, also from the line of an earlier one", () => {
    expect(wholeProof(`${JSON.stringify(whole)}\n`)).toEqual(whole);
    const { half: _, ...earlier } = whole;
    expect(wholeProof(JSON.stringify(earlier))).toEqual(earlier);
  });

  test("may not be made from a half", () => {
    expect(() => wholeProof(JSON.stringify(ofHalf))).toThrow("a half of the single faults");
  });
});

describe("the gate of the adversary", () => {
  const figures = {
    adversary: { schedules: 28_000, controls: { clients: 4, bindings: 1, values: 2, names: 2 } },
    quiet: { units: 245, rotated: 245 },
    seconds: 420,
  };
  const judged = (more: object) => judgeAdversary({ stdout: `progress\n${JSON.stringify({ ...figures, ...more })}\n` });

  test("takes a whole run in which each control shows something, and shows the figures", () => {
    expect(judged({})).toBeNull();
    expect(shown).toEqual([JSON.stringify(figures)]);
  });

  test.each([
    ["a share", { adversary: { ...figures.adversary, schedules: 2_000 } }, "2000 schedules, at least 25000"],
    [
      "a blind control",
      { adversary: { ...figures.adversary, controls: { clients: 4, bindings: 0, values: 2, names: 2 } } },
      "a control shows nothing, or is missing",
    ],
    [
      "a missing control",
      { adversary: { ...figures.adversary, controls: { clients: 4, bindings: 1, values: 2 } } },
      "a control shows nothing, or is missing",
    ],
    ["a run that does not rotate", { quiet: { units: 245, rotated: 244 } }, "244 of 245 quiet runs rotate"],
    ["too long a run", { seconds: 601 }, "it took 601 s, at most 600"],
  ])("refuses %s", (_, more, problem) => {
    expect(judged(more)).toBe(problem);
  });
});
