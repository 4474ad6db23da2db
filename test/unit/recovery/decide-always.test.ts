import { describe, expect, test } from "vitest";
import { type Action, decideRotation, type View } from "../../../src/recovery/decide.ts";
import { allViews, violations } from "./views.ts";

type Property = (view: View, action: Action) => boolean;

const is = (action: Action, ...kinds: Action["kind"][]) => kinds.includes(action.kind);

const properties: Readonly<Record<string, Property>> = {
  "there is a next action, and a failure says what happened": (_, action) =>
    action.kind !== "fail" || action.what.length > 0,

  "nothing is minted or promoted while a value is in hand: it is stored, asked about or dropped": (view, action) =>
    view.hand === null || view.isUpdating || is(action, "store", "log-in-hand", "drop"),

  "a mint is sent only prepared, not paused, with mints left": (view, action) =>
    !is(action, "mint") || (view.isPrepared && !view.isPaused && view.mint.left > 0 && !view.isUpdating),

  "nothing is minted while something is pending that may work": ({ pending }, action) =>
    !is(action, "mint", "prepare") || pending === null || pending.verdict === "rejected",

  "a mint is sent over a working CURRENT only when every earlier one has landed or never will": (view, action) => {
    if (!is(action, "mint") || view.current.verdict === "rejected") return true;
    const isSettled = view.mint.isSettled || view.mint.hasPassedLanding;
    return view.current.verdict === "accepted" && view.current.isFirstSeen && isSettled;
  },

  "a mint over a refused CURRENT needs a token, and reading back comes first": (view, action) =>
    !is(action, "mint", "prepare") ||
    view.current.verdict !== "rejected" ||
    (view.hasToken && view.readBack === "not-possible"),

  "only a PENDING version that has just logged in is promoted, and only by a whole rotation": (view, action) =>
    action.kind !== "promote" ||
    (view.goal === "rotation" && view.pending?.verdict === "accepted" && action.versionNo === view.pending.versionNo),

  "success names a version that logs in, or that this call minted and stored": ({ goal, pending, current }, action) => {
    if (action.kind !== "done") return true;
    if (action.code === "ALREADY_ROTATED")
      return current.verdict === "accepted" && action.versionNo === current.versionNo;
    const works = pending?.isOwn === true || pending?.verdict === "accepted";
    return goal === "create" && works && action.versionNo === pending?.versionNo;
  },

  "an unknown verdict never ends the call": ({ hand, pending, current }, action) => {
    const isPendingDead = pending === null || pending.verdict === "rejected";
    const isUnknown = pending?.verdict === "unknown" || (isPendingDead && current.verdict === "unknown");
    return hand !== null || !isUnknown || action.kind !== "fail";
  },

  "locked out is said only where the issuer refuses CURRENT and everything pending": (view, action) => {
    if (action.kind !== "fail" || action.code !== "LOCKED_OUT") return true;
    const isPendingDead = view.pending === null || view.pending.verdict === "rejected";
    return view.hand === null && view.current.verdict === "rejected" && isPendingDead;
  },

  "a value is dropped only where the issuer refuses it and another has written since": ({ hand }, action) =>
    action.kind !== "drop" || (hand?.verdict === "rejected" && hand.isOvertaken),

  "while paused nothing is prepared or minted": ({ isPaused }, action) => !isPaused || !is(action, "prepare", "mint"),

  "what was asked in this observation is not asked again": (view, action) => {
    if (action.kind === "log-in-hand") return view.hand?.verdict === "not-asked";
    if (action.kind !== "log-in") return true;
    const asked = action.stage === "verify-current" ? view.current : view.pending;
    return asked?.verdict === "not-asked" && asked.versionNo === action.versionNo;
  },
};

describe("in every view that CREATE_PENDING_VERSION or a whole rotation could have", () => {
  // Hundreds of thousands of views: gone through once, for all properties.
  const found = violations(allViews, decideRotation, properties);
  test.each(Object.keys(properties))("%s", (sentence) => {
    expect(found.get(sentence)).toEqual([]);
  });
});
