import { describe, expect, test } from "vitest";
import { type Candidate, type Decision, logInWith } from "../../../../src/rotation/decide/decide.ts";
import {
  decideNoOverlap,
  decidePromote,
  decideUpdate,
  decideVerify,
  type PromoteState,
  type StepState,
} from "../../../../src/rotation/decide/steps.ts";
import { violations } from "./judge-states.ts";
import { promoteStates, stepStates } from "./states.ts";

const pending = (verdict: Candidate["verdict"]) => ({ versionNo: 8, verdict });
const current = (verdict: Candidate["verdict"]) => ({ versionNo: 7, verdict });
const base: StepState = { pending: null, current: current("not-asked"), mayBePromoted: false };
const askPending = logInWith(8, "verify-pending");
const askCurrent = logInWith(7, "verify-current");
const waitForVerdict = { kind: "wait", until: "verdict" } as const;
type Rule<V> = readonly [sentence: string, state: Partial<V>, action: Partial<Decision>];

/** What changes nothing anywhere: no mint, claim, generate, install, store, take or drop. */
const readers: readonly Decision["kind"][] = ["wait", "log-in-current", "log-in-pending", "done", "fail"];

describe("VERIFY_CONNECTION decides", () => {
  const rules: readonly Rule<StepState>[] = [
    ["PENDING is asked before CURRENT", { pending: pending("not-asked") }, askPending],
    [
      "a PENDING version that logs in is the answer",
      { pending: pending("accepted"), current: current("accepted") },
      { kind: "done", code: "OK", versionNo: 8 },
    ],
    ["after a refused PENDING version CURRENT is asked", { pending: pending("rejected") }, askCurrent],
    [
      "CURRENT that logs in is the answer although nobody knows of PENDING",
      { pending: pending("unknown"), current: current("accepted") },
      { kind: "done", code: "OK", versionNo: 7 },
    ],
    [
      "an unknown verdict on PENDING is waited for where CURRENT is refused",
      { pending: pending("unknown"), current: current("rejected") },
      waitForVerdict,
    ],
    ["an unknown verdict on CURRENT is waited for", { current: current("unknown") }, waitForVerdict],
    [
      "where the issuer refuses both, the answer is no number",
      { pending: pending("rejected"), current: current("rejected") },
      { kind: "done", code: "OK", versionNo: null },
    ],
  ];
  test.each(rules)("%s", (_sentence, changes, decision) => {
    expect(decideVerify({ ...base, ...changes })).toMatchObject(decision);
  });

  test("in every state it writes nothing, and names only a version that logs in", () => {
    const holds = (state: StepState, decision: Decision) => {
      if (decision.kind !== "done") return readers.includes(decision.kind) && decision.kind !== "fail";
      const named = [state.pending, state.current].find((version) => version?.versionNo === decision.versionNo);
      const isDead = [state.pending ?? state.current, state.current].every(({ verdict }) => verdict === "rejected");
      return decision.versionNo === null ? isDead : named?.verdict === "accepted";
    };
    expect(violations(stepStates, decideVerify, { holds }).get("holds")).toEqual([]);
  });
});

describe("UPDATE_TARGET_SYSTEM decides", () => {
  const rules: readonly Rule<StepState>[] = [
    ["PENDING is asked", { pending: pending("not-asked") }, askPending],
    [
      "a PENDING version that logs in is the answer",
      { pending: pending("accepted") },
      { kind: "done", code: "OK", versionNo: 8 },
    ],
    ["an unknown verdict on PENDING is waited for", { pending: pending("unknown") }, waitForVerdict],
    [
      "a refused PENDING version is said, also where CURRENT works",
      { pending: pending("rejected"), current: current("accepted"), mayBePromoted: true },
      { kind: "fail", code: "PENDING_REJECTED", what: "the issuer refuses the client secret of PENDING version 8" },
    ],
    [
      "without PENDING, and CURRENT not of this rotation, there is nothing",
      { current: current("accepted") },
      { kind: "fail", code: "NOTHING_PENDING", what: "no PENDING version of the secret holds a credential" },
    ],
    ["without PENDING a CURRENT of this rotation is asked", { mayBePromoted: true }, askCurrent],
    [
      "without PENDING a CURRENT of this rotation that logs in is the answer",
      { mayBePromoted: true, current: current("accepted") },
      { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 },
    ],
    [
      "without PENDING an unknown verdict on it is waited for",
      { mayBePromoted: true, current: current("unknown") },
      waitForVerdict,
    ],
    [
      "without PENDING a refused CURRENT is no success",
      { mayBePromoted: true, current: current("rejected") },
      { kind: "fail", code: "NOTHING_PENDING", what: "no PENDING version of the secret holds a credential" },
    ],
  ];
  test.each(rules)("%s", (_sentence, changes, decision) => {
    expect(decideUpdate({ ...base, ...changes })).toMatchObject(decision);
  });

  test("in every state it writes nothing, and names only a version that logs in", () => {
    const holds = (state: StepState, decision: Decision) => {
      if (decision.kind !== "done") return readers.includes(decision.kind);
      return (
        (state.pending ?? state.current).versionNo === decision.versionNo &&
        (state.pending ?? state.current).verdict === "accepted"
      );
    };
    expect(violations(stepStates, decideUpdate, { holds }).get("holds")).toEqual([]);
  });

  test("in no state an unknown verdict ends the call", () => {
    const holds = ({ pending: seen, current: now, mayBePromoted }: StepState, decision: Decision) => {
      const isUnknown = seen === null ? mayBePromoted && now.verdict === "unknown" : seen.verdict === "unknown";
      return !isUnknown || decision.kind === "wait";
    };
    expect(violations(stepStates, decideUpdate, { holds }).get("holds")).toEqual([]);
  });
});

describe("PROMOTE_PENDING_VERSION decides", () => {
  const target = (
    stage: "CURRENT" | "PENDING" | "PREVIOUS" | "DEPRECATED",
    verdict: "accepted" | "rejected" | "unknown" | "not-asked",
    isCredential = true,
  ) => ({ versionNo: 8, verdict, versionStages: [stage, "LATEST" as const], isCredential });
  const refused = {
    kind: "fail",
    code: "VERSION_NOT_PROMOTABLE",
    what: "version 8 is neither a PENDING credential nor CURRENT",
  } as const;
  const rules: readonly Rule<PromoteState>[] = [
    ["an unknown number is refused", { target: null }, refused],
    ["PREVIOUS is refused", { target: target("PREVIOUS", "accepted") }, refused],
    ["a DEPRECATED version is refused", { target: target("DEPRECATED", "accepted") }, refused],
    ["a PENDING version that is no credential is refused", { target: target("PENDING", "accepted", false) }, refused],
    ["a CURRENT version that is no credential is refused", { target: target("CURRENT", "accepted", false) }, refused],
    ["a claim is refused unasked", { isUpdating: true, target: target("PENDING", "not-asked", false) }, refused],
    [
      "a PENDING version waits for ACTIVE",
      { isUpdating: true, target: target("PENDING", "accepted") },
      { kind: "wait", until: "active" },
    ],
    ["a PENDING version logs in once more", { target: target("PENDING", "not-asked") }, askPending],
    [
      "a PENDING version that has just logged in is promoted",
      { target: target("PENDING", "accepted") },
      { kind: "promote", versionNo: 8 },
    ],
    [
      "a PENDING version that the issuer refuses is not promoted",
      { target: target("PENDING", "rejected") },
      { kind: "fail", code: "PENDING_REJECTED", what: "the issuer refuses the client secret of version 8" },
    ],
    ["an unknown verdict is waited for", { target: target("PENDING", "unknown") }, waitForVerdict],
    [
      "CURRENT logs in, also while UPDATING",
      { isUpdating: true, target: target("CURRENT", "not-asked") },
      { kind: "log-in-current" },
    ],
    [
      "CURRENT that logs in is the end of a repeated step",
      { target: target("CURRENT", "accepted") },
      { kind: "done", code: "OK", versionNo: 8 },
    ],
    [
      "CURRENT that the issuer refuses is no success",
      { target: target("CURRENT", "rejected") },
      { kind: "fail", code: "PENDING_REJECTED", what: "the issuer refuses the client secret of version 8" },
    ],
  ];
  test.each(rules)("%s", (_sentence, changes, decision) => {
    expect(decidePromote({ isUpdating: false, versionNo: 8, target: null, ...changes })).toMatchObject(decision);
  });

  test("in every state only an accepted PENDING credential of an ACTIVE secret is promoted, and nothing else is written", () => {
    const holds = ({ isUpdating, target: seen }: PromoteState, decision: Decision) => {
      if (decision.kind !== "promote") return readers.includes(decision.kind);
      return (
        !isUpdating &&
        seen?.isCredential === true &&
        seen.verdict === "accepted" &&
        seen.versionStages.includes("PENDING")
      );
    };
    expect(violations(promoteStates, decidePromote, { holds }).get("holds")).toEqual([]);
  });

  test("in every state success needs a CURRENT that logs in", () => {
    const holds = ({ target: seen }: PromoteState, decision: Decision) =>
      decision.kind !== "done" || (seen?.verdict === "accepted" && seen.versionStages.includes("CURRENT"));
    expect(violations(promoteStates, decidePromote, { holds }).get("holds")).toEqual([]);
  });
});

describe("a retirement where the issuer keeps one value", () => {
  test("has nothing to do", () => {
    expect(decideNoOverlap(7)).toEqual({ kind: "done", code: "NOTHING_TO_DO", versionNo: 7 });
  });
});
