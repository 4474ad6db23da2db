import { describe, expect, test } from "vitest";
import type { Action } from "../../../../src/rotation/decide/decide.ts";
import {
  decideNoOverlap,
  decidePromote,
  decideUpdate,
  decideVerify,
  type PromoteView,
} from "../../../../src/rotation/decide/steps.ts";
import { allPromoteViews, allUpdateViews, baseView, type UpdateView, violations } from "./views.ts";

const base: UpdateView = { isUpdating: false, pending: null, current: baseView.current, mayBePromoted: false };
const pending = (verdict: "accepted" | "rejected" | "unknown" | "not-asked") => ({
  versionNo: 8,
  verdict,
  isOwn: false,
});
const current = (verdict: "accepted" | "rejected" | "unknown" | "not-asked") => ({ ...base.current, verdict });
const askPending = { kind: "log-in-pending", versionNo: 8 } as const;
const askCurrent = { kind: "log-in-current", versionNo: 7 } as const;
const waitForVerdict = { kind: "wait", until: "verdict" } as const;
type Rule<V> = readonly [sentence: string, view: Partial<V>, action: Partial<Action>];

/** What changes nothing anywhere: no mint, claim, generate, install, store, take or drop. */
const readers: readonly Action["kind"][] = ["wait", "log-in-current", "log-in-pending", "done", "fail"];

describe("VERIFY_CONNECTION decides", () => {
  const rules: readonly Rule<UpdateView>[] = [
    ["an UPDATING secret is waited for", { isUpdating: true }, { kind: "wait", until: "active" }],
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
  test.each(rules)("%s", (_sentence, changes, action) => {
    expect(decideVerify({ ...base, ...changes })).toMatchObject(action);
  });

  test("in every view it writes nothing, and names only a version that logs in", () => {
    const holds = (view: UpdateView, action: Action) => {
      if (action.kind !== "done") return readers.includes(action.kind) && action.kind !== "fail";
      const named = [view.pending, view.current].find((version) => version?.versionNo === action.versionNo);
      const isDead = [view.pending ?? view.current, view.current].every(({ verdict }) => verdict === "rejected");
      return action.versionNo === null ? isDead : named?.verdict === "accepted";
    };
    expect(violations(allUpdateViews, decideVerify, { holds }).get("holds")).toEqual([]);
  });
});

describe("UPDATE_TARGET_SYSTEM decides", () => {
  const rules: readonly Rule<UpdateView>[] = [
    ["an UPDATING secret is waited for", { isUpdating: true }, { kind: "wait", until: "active" }],
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
      "without PENDING a claim in CURRENT is no success, and is not asked",
      { mayBePromoted: true, current: { ...current("not-asked"), isClaim: true } },
      { kind: "fail", code: "NOTHING_PENDING", what: "no PENDING version of the secret holds a credential" },
    ],
    [
      "without PENDING a claim in CURRENT that logs in is no success either",
      { mayBePromoted: true, current: { ...current("accepted"), isClaim: true } },
      { kind: "fail", code: "NOTHING_PENDING", what: "no PENDING version of the secret holds a credential" },
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
  test.each(rules)("%s", (_sentence, changes, action) => {
    expect(decideUpdate({ ...base, ...changes })).toMatchObject(action);
  });

  test("in every view it writes nothing, and names only a version that logs in", () => {
    const holds = (view: UpdateView, action: Action) => {
      if (action.kind !== "done") return readers.includes(action.kind);
      return (
        (view.pending ?? view.current).versionNo === action.versionNo &&
        (view.pending ?? view.current).verdict === "accepted"
      );
    };
    expect(violations(allUpdateViews, decideUpdate, { holds }).get("holds")).toEqual([]);
  });

  test("in no view an unknown verdict ends the call", () => {
    const holds = ({ pending: seen, current: now, mayBePromoted }: UpdateView, action: Action) => {
      const isUnknown =
        seen === null ? mayBePromoted && !now.isClaim && now.verdict === "unknown" : seen.verdict === "unknown";
      return !isUnknown || action.kind === "wait";
    };
    expect(violations(allUpdateViews, decideUpdate, { holds }).get("holds")).toEqual([]);
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
  const rules: readonly Rule<PromoteView>[] = [
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
  test.each(rules)("%s", (_sentence, changes, action) => {
    expect(decidePromote({ isUpdating: false, versionNo: 8, target: null, ...changes })).toMatchObject(action);
  });

  test("in every view only an accepted PENDING credential of an ACTIVE secret is promoted, and nothing else is written", () => {
    const holds = ({ isUpdating, target: seen }: PromoteView, action: Action) => {
      if (action.kind !== "promote") return readers.includes(action.kind);
      return (
        !isUpdating &&
        seen?.isCredential === true &&
        seen.verdict === "accepted" &&
        seen.versionStages.includes("PENDING")
      );
    };
    expect(violations(allPromoteViews, decidePromote, { holds }).get("holds")).toEqual([]);
  });

  test("in every view success needs a CURRENT that logs in", () => {
    const holds = ({ target: seen }: PromoteView, action: Action) =>
      action.kind !== "done" || (seen?.verdict === "accepted" && seen.versionStages.includes("CURRENT"));
    expect(violations(allPromoteViews, decidePromote, { holds }).get("holds")).toEqual([]);
  });
});

describe("a retirement where the issuer keeps one value", () => {
  test("waits for ACTIVE, and has nothing to do then", () => {
    expect(decideNoOverlap({ ...base, isUpdating: true })).toEqual({ kind: "wait", until: "active" });
    expect(decideNoOverlap(base)).toEqual({ kind: "done", code: "NOTHING_TO_DO", versionNo: 7 });
  });
});
