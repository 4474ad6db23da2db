import { describe, expect, test } from "vitest";
import { fail, logInWith, waitForVerdict } from "../../../../src/rotation/decide/decide.ts";
import { firstDeciding } from "../../../../src/rotation/decide/index.ts";
import { claimLive, finishWith, issuerMakes, type Rule, weMake } from "../../../../src/rotation/decide/rule.ts";
import { expectFailure } from "../../../support/failures.ts";
import { baseCallerState, baseIssuerState } from "./states.ts";

const row = (id: string, decide: Rule["decide"]): Rule => ({ id, state: `state of ${id}`, action: id, decide });
const silent = row("a", () => null);
const minting = row("b", () => ({ kind: "mint" }));

describe("the first row that decides", () => {
  test("wins, and those behind it are not asked", () => {
    const never = row("c", () => {
      throw new Error("asked");
    });
    expect(firstDeciding([silent, minting, never], baseIssuerState)).toEqual({
      rule: minting,
      decision: { kind: "mint" },
    });
  });

  test("is handed the state", () => {
    const promoting = row("a", ({ current }) => ({ kind: "promote", versionNo: current.versionNo }));
    expect(firstDeciding([promoting], baseIssuerState).decision).toEqual({ kind: "promote", versionNo: 7 });
  });

  test("where none does, that is a defect of ours and said as one", async () => {
    await expectFailure(() => firstDeciding([silent], baseIssuerState), "INTERNAL", "no row");
    await expectFailure(() => firstDeciding([], baseIssuerState), "INTERNAL", "no row");
  });
});

describe("a row of one kind of issuer", () => {
  test.each([
    [issuerMakes(minting), baseIssuerState, baseCallerState],
    [weMake(minting), baseCallerState, baseIssuerState],
  ] as const)("is asked of no other", (rule, own, foreign) => {
    expect(rule.decide(own)).toEqual({ kind: "mint" });
    expect(rule.decide(foreign)).toBeNull();
    expect(rule.chosenBy).toBe(own.chosenBy);
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
    expect(claimLive({ unknownMarkNo: null })).toEqual({
      kind: "fail",
      code: "CLAIM_LIVE",
      what: "another run holds the claim on this secret",
    });
    expect(claimLive({ unknownMarkNo: 8 })).toEqual({
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
