import { describe, expect, test } from "vitest";
import {
  claimLive,
  fail,
  finishWith,
  firstFitting,
  logInWith,
  numberOf,
  type Rule,
  waitForVerdict,
} from "../../../../src/rotation/decide/decide.ts";
import { expectFailure } from "../../../support/failures.ts";

const rule = (row: string, fits: (view: number) => boolean): Rule<number> => ({
  row,
  state: `state of ${row}`,
  action: `action of ${row}`,
  when: fits,
  decide: (view) => ({ kind: "promote", versionNo: view }),
});

describe("the first rule that fits", () => {
  test("decides, and those behind it are not asked", () => {
    const never: Rule<number> = {
      ...rule("b", () => true),
      when: () => {
        throw new Error("asked");
      },
    };
    const first = { ...rule("a", (view) => view > 3), decide: () => ({ kind: "mint" }) as const };
    expect(firstFitting([first, never], 4)).toEqual({ kind: "mint" });
  });

  test("is handed the view", () => {
    expect(firstFitting([rule("a", (view) => view > 3), rule("b", () => true)], 2)).toEqual({
      kind: "promote",
      versionNo: 2,
    });
  });

  test("where none fits, that is a defect of ours and said as one", async () => {
    await expectFailure(() => firstFitting([rule("a", (view) => view > 3)], 3), "INTERNAL", "no rule");
    await expectFailure(() => firstFitting([], 3), "INTERNAL", "no rule");
  });
});

describe("a PENDING version that works", () => {
  test("ends a step with its number, and is promoted by everyone else", () => {
    expect(finishWith("create", 8)).toEqual({ kind: "done", code: "OK", versionNo: 8 });
    expect(finishWith("rotation", 8)).toEqual({ kind: "promote", versionNo: 8 });
    expect(finishWith("heal", 8)).toEqual({ kind: "promote", versionNo: 8 });
  });
});

describe("an action", () => {
  test("that ends the call says what happened, and what to do only where the code alone does not", () => {
    expect(fail("PAUSED", "stopped")).toStrictEqual({ kind: "fail", code: "PAUSED", what: "stopped" });
    expect(fail("PAUSED", "stopped", "go on")).toEqual({
      kind: "fail",
      code: "PAUSED",
      what: "stopped",
      nextAction: "go on",
    });
  });

  test("that leaves a claim alone says whose it is, or which version bears an unknown mark", () => {
    expect(claimLive(null)).toEqual({
      kind: "fail",
      code: "CLAIM_LIVE",
      what: "another run holds the claim on this secret",
    });
    expect(claimLive(8)).toEqual({
      kind: "fail",
      code: "CLAIM_LIVE",
      what: "version 8 carries a mark that this edition does not know",
    });
  });

  test("asks the issuer, or waits for its answer", () => {
    expect(logInWith(8, "verify-pending")).toEqual({ kind: "log-in-pending", versionNo: 8 });
    expect(waitForVerdict).toEqual({ kind: "wait", until: "verdict" });
  });
});

describe("the number of a version that a rule acts on", () => {
  test("is its own", () => {
    expect(numberOf({ versionNo: 8, verdict: "accepted" })).toBe(8);
  });

  test.each([null, undefined])("is never made up: without one (%s) that is a defect of ours", async (none) => {
    await expectFailure(() => numberOf(none), "INTERNAL", "acts on a version that is not there");
  });
});
