import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { CliError } from "../../../../src/cli/cli-error.ts";
import { type PlanData, paintVerdict, planPairs } from "../../../../src/cli/one-secret/plan-view.ts";
import { asMissingRight } from "../../../../src/cli/one-secret/reader.ts";
import { namedStyle as style } from "../named-style.ts";

describe("a plan is shown", () => {
  const data = (more: Partial<PlanData> = {}): PlanData => ({
    ...{
      state: "busy",
      healthy: false,
      meaning: "another run is at work",
      current: null,
      pending: null,
      previous: null,
    },
    plan: { next: "wait", why: "a claim is live", row: null, changes: false, nextAction: null },
    leftAlone: [],
    ...more,
  });

  test.each<[PlanData["state"], boolean, string]>([
    ["healthy", true, "green(healthy)"],
    ["overlap-due", true, "green(overlap-due)"],
    ["down", false, "red(down)"],
    ["locked-out", false, "red(locked-out)"],
    ["unusable", false, "red(unusable)"],
    ["busy", false, "yellow(busy)"],
    ["interrupted", false, "yellow(interrupted)"],
    ["unknown", false, "yellow(unknown)"],
  ])("in the state %s, healthy: %s, as %s", (state, healthy, painted) => {
    expect(planPairs(style, data({ state, healthy }))[0]).toEqual(["state", `${painted}: another run is at work`]);
  });

  test("with what to do and what is left alone, if there is any", () => {
    const pairs = [
      ["state", "yellow(busy): another run is at work"],
      ["next step", "wait"],
      ["because", "a claim is live"],
    ];
    expect(planPairs(style, data())).toEqual(pairs);
    const plan = { ...data().plan, nextAction: "call" };
    expect(planPairs(style, data({ plan, leftAlone: ["one", "two"] }))).toEqual([
      ...pairs,
      ["to do", "call"],
      ["left alone", "one"],
      ["left alone", "two"],
    ]);
  });
});

test.each([
  ["accepted", "green(accepted)"],
  ["refused", "red(refused)"],
  ["unknown", "yellow(unknown)"],
  ["not asked", "yellow(not asked)"],
] as const)("the verdict %s is painted %s", (verdict, painted) => {
  expect(paintVerdict(style, verdict)).toBe(painted);
});

describe("a 404 after the secret itself was read", () => {
  const ACTION = 'check the OCID, and the policy line "Allow group g to use secrets where target.secret.id = <secret>"';
  const notFound = (message: string, nextAction = ACTION) => new RotationError("SECRET_NOT_FOUND", message, nextAction);

  test("is a missing right, with the line that gives it", () => {
    const problem = asMissingRight(notFound("ListSecretVersions was answered 404"), "S");
    expect(problem).toBeInstanceOf(CliError);
    expect(problem).toMatchObject({
      problem: {
        code: "VAULT_FORBIDDEN",
        what: "the secret exists, and ListSecretVersions was answered 404",
        means: "you may see the secret, but not this part of it",
        next: expect.stringMatching(/^have the policy line "Allow group g .*= S" added, and allow 15 minutes/),
      },
    });
  });

  test.each<[string, unknown]>([
    ["another error", new RotationError("VAULT_UNAVAILABLE", "GetSecret was answered 404", ACTION)],
    ["no error of ours", new Error("ListSecretVersions was answered 404")],
    ["another message", notFound("no version 7")],
    ["no policy line", notFound("ListSecretVersions was answered 404", "check the OCID")],
  ])("is nothing else: %s stays as it is", (_what, thrown) => {
    expect(asMissingRight(thrown, "S")).toBe(thrown);
  });
});
