import { describe, expect, test, vi } from "vitest";
import { decideCallerChosen } from "../../../../src/rotation/decide/caller-chosen.ts";
import type { CallerView } from "../../../../src/rotation/decide/caller-view.ts";
import type { Action, View } from "../../../../src/rotation/decide/decide.ts";
import { decideIssuerChosen } from "../../../../src/rotation/decide/issuer-chosen.ts";
import { allCallerViews, allViews, violations } from "./views.ts";

/** Copying a view takes far longer than deciding on it. */
const SAMPLED = 101;

// Millions of views are looked at; on a busy machine that takes longer than other unit tests may.
vi.setConfig({ testTimeout: 60_000 });

type Properties<V> = Readonly<Record<string, (view: V, action: Action) => boolean>>;

const is = (action: Action, ...kinds: readonly Action["kind"][]) => kinds.includes(action.kind);
const fails = (action: Action, code: string) => action.kind === "fail" && action.code === code;

type Shared = Pick<View, "isUpdating" | "isPaused" | "others"> & {
  readonly goal: CallerView["goal"];
  readonly pending: { readonly versionNo: number; readonly verdict: string } | null;
  readonly current: { readonly versionNo: number; readonly verdict: string; readonly isFirstSeen: boolean };
  readonly overlap?: { readonly versionNo: number; readonly verdict: string } | null;
  readonly strays?: readonly { readonly versionNo: number; readonly verdict: string }[] | null;
};

/** What holds for both tables. */
const forBoth: Properties<Shared> = {
  "an UPDATING secret is waited for, whatever else is seen": ({ isUpdating }, action) =>
    isUpdating === (action.kind === "wait" && action.until === "active"),

  "a failure says what happened": (_, action) => action.kind !== "fail" || action.what.length > 0,

  "nothing is minted, claimed, made or installed while paused": ({ isPaused }, action) =>
    !isPaused || !is(action, "mint", "claim", "generate", "install", "prepare"),

  "what was asked in this observation is not asked again": ({ pending, current, others, overlap, strays }, action) => {
    if (action.kind !== "log-in-current" && action.kind !== "log-in-pending") return true;
    const asked = [pending, current, overlap, ...(others ?? []), ...(strays ?? [])].find(
      (judged) => judged?.versionNo === action.versionNo,
    );
    return asked?.verdict === "not-asked";
  },

  "success names a version of its own kind": ({ goal, pending, current }, action) => {
    if (action.kind !== "done") return true;
    if (action.code === "NOTHING_TO_DO")
      return (
        (goal === "heal" || goal === "retire") &&
        current.verdict === "accepted" &&
        action.versionNo === current.versionNo
      );
    if (action.code === "ALREADY_ROTATED")
      return current.verdict === "accepted" && !current.isFirstSeen && action.versionNo === current.versionNo;
    return goal === "create" && action.versionNo === pending?.versionNo;
  },

  "an unknown verdict on PENDING, CURRENT or the newest that may work never ends in LOCKED_OUT": (view, action) => {
    if (!fails(action, "LOCKED_OUT")) return true;
    const isOtherOpen =
      view.others?.some(({ verdict, isPromotable }) => verdict !== "rejected" && isPromotable) ?? true;
    return view.current.verdict === "rejected" && view.pending?.verdict !== "unknown" && !isOtherOpen;
  },
};

const forIssuerChosen: Properties<View> = {
  ...forBoth,

  "nothing but storing, asking about and dropping happens while a value is in hand": ({ hand, isUpdating }, action) =>
    hand === null || isUpdating || is(action, "store", "log-in-hand", "drop", "wait"),

  "a value in hand is waited for only on its way to CURRENT, while it does not log in and there is time": (
    { hand, isUpdating, writes, isLastMoment },
    action,
  ) =>
    hand === null ||
    isUpdating ||
    action.kind !== "wait" ||
    (writes === "current" && !isLastMoment && hand.verdict !== "accepted" && hand.verdict !== "not-asked"),

  "a value is dropped only where it is refused and my claim is not the highest version": ({ hand, claim }, action) =>
    action.kind !== "drop" || (hand?.verdict === "rejected" && !claim.isMine),

  "a value goes to CURRENT only where Vault takes no second PENDING version, after a login or in the last moment": (
    { hand, writes, isLastMoment },
    action,
  ) =>
    action.kind !== "store" ||
    (writes !== (action.versionStage === "CURRENT" ? "pending" : "current") &&
      (action.versionStage === "PENDING" || hand?.verdict === "accepted" || isLastMoment)),

  "only what is in hand is stored or dropped": ({ hand }, action) =>
    hand !== null || !is(action, "store", "drop", "log-in-hand"),

  "a mint is sent only where my claim is the highest version, fresh, and mints are left": ({ claim, mint }, action) =>
    action.kind !== "mint" || (claim.isMine && claim.isFresh && mint.left > 0),

  "over a CURRENT that works nothing is minted while the claim does not show the write that must follow": (
    { current, claim },
    action,
  ) => action.kind !== "mint" || current.verdict !== "accepted" || claim.unproven === null,

  "nothing is minted or claimed with a mint unsettled, another's claim live, or PENDING that may work": (
    view,
    action,
  ) =>
    !is(action, "mint", "claim", "prepare") ||
    (view.mint.isSettled && !view.claim.isLive && (view.pending === null || view.pending.verdict === "rejected")),

  "nothing is minted or claimed over a CURRENT of unknown verdict, or one that another has rotated": (view, action) =>
    !is(action, "mint", "claim", "prepare") ||
    (view.current.verdict === "accepted" && view.current.isFirstSeen && view.goal !== "heal") ||
    (view.current.verdict === "rejected" && view.hasAuthority && view.others !== null && !view.mayReadBack),

  "a claim is written only prepared and with mints left": ({ isPrepared, mint }, action) =>
    action.kind !== "claim" || (isPrepared && mint.left > 0),

  "only an accepted credential is promoted, or one with the value of an accepted CURRENT that is a claim": (
    { pending, current, others, claim, mint },
    action,
  ) => {
    if (action.kind !== "promote") return true;
    if (pending?.verdict === "accepted") return action.versionNo === pending.versionNo;
    if (current.verdict === "rejected") {
      const other = others?.find(({ versionNo }) => versionNo === action.versionNo);
      return other?.verdict === "accepted" && other.isPromotable;
    }
    const isTwin = current.isClaim && action.versionNo === current.twinNo;
    return current.verdict === "accepted" && isTwin && !claim.isLive && mint.isSettled;
  },

  "a copy is taken only of an accepted credential that Vault will not promote": ({ others }, action) => {
    if (action.kind !== "take") return true;
    const other = others?.find(({ versionNo }) => versionNo === action.versionNo);
    return other?.verdict === "accepted" && !other.isPromotable;
  },

  "a heal waits neither for another's live claim nor, with nothing in hand, for a verdict while one is live": (
    { goal, claim, hand },
    action,
  ) =>
    goal !== "heal" ||
    action.kind !== "wait" ||
    (action.until !== "claim" && (action.until !== "verdict" || !claim.isLive || hand !== null)),

  "a heal never mints, claims or prepares where CURRENT logs in": ({ goal, current }, action) =>
    goal !== "heal" || current.verdict !== "accepted" || !is(action, "mint", "claim", "prepare"),

  "locked out is said only with no token, no authority, no live claim and every mint settled": (view, action) =>
    !fails(action, "LOCKED_OUT") || (!view.hasAuthority && !view.claim.isLive && view.mint.isSettled),

  "nothing is generated or installed": (_, action) => !is(action, "generate", "install"),
};

const forCallerChosen: Properties<CallerView> = {
  ...forBoth,

  "nothing is minted, claimed, taken in hand or read back": (_, action) =>
    !is(action, "mint", "claim", "store", "take", "drop", "read-back", "log-in-hand"),

  "a value is made only prepared, with values left, and over nothing that waits to be installed": (
    { isPrepared, left, pending, current },
    action,
  ) =>
    !is(action, "generate", "prepare") ||
    (left.values > 0 &&
      (action.kind === "prepare" || isPrepared) &&
      (pending === null || pending.isRefused || (current.verdict === "rejected" && !pending.isMade))),

  "only a value that is proven by a CURRENT that logs in is installed, or one that this call has made": (
    { pending, current },
    action,
  ) =>
    action.kind !== "install" ||
    pending?.isMade === true ||
    (pending?.isProven === true && current.verdict === "accepted"),

  "nothing waits for a value that nobody proves before CURRENT was asked": ({ pending, current, isUpdating }, action) =>
    isUpdating ||
    action.kind !== "wait" ||
    pending === null ||
    pending.isProven ||
    pending.verdict !== "unknown" ||
    current.verdict !== "not-asked",

  "a value is made over a CURRENT that logs in and is the first seen, or by an authority over a dead one": (
    { current, goal, hasAuthority, others, pending },
    action,
  ) =>
    !is(action, "generate", "prepare") ||
    (current.verdict === "accepted" && current.isFirstSeen && goal !== "heal") ||
    (current.verdict === "rejected" &&
      current.isSurelyDead &&
      hasAuthority &&
      others !== null &&
      pending?.isMade !== true),

  "only PENDING is installed: not another's young one, not refused by policy, not again within the landing bound": (
    { pending, left },
    action,
  ) =>
    action.kind !== "install" ||
    (action.versionNo === pending?.versionNo &&
      !pending.isLive &&
      !pending.isRefused &&
      !pending.isInstalling &&
      left.installs > 0),

  "a value is installed only by a CURRENT that logs in, or by a second authority": (
    { current, hasAuthority },
    action,
  ) => action.kind !== "install" || current.verdict === "accepted" || (current.verdict === "rejected" && hasAuthority),

  "only an accepted credential is promoted": ({ pending, current, others, overlap }, action) => {
    if (action.kind !== "promote") return true;
    if (pending?.verdict === "accepted") return action.versionNo === pending.versionNo;
    if (current.verdict === "accepted")
      return overlap?.verdict === "accepted" && overlap.isNewer && action.versionNo === overlap.versionNo;
    const other = others?.find(({ versionNo }) => versionNo === action.versionNo);
    return current.isSurelyDead && other?.verdict === "accepted" && other.isPromotable;
  },

  "a value is retired only under this call's lease, its grace over, where it and a newer CURRENT log in": (
    { current, overlap, pending, lease },
    action,
  ) =>
    action.kind !== "retire" ||
    (action.versionNo === overlap?.versionNo &&
      overlap.verdict === "accepted" &&
      overlap.isDue &&
      !overlap.isNewer &&
      overlap.isOrderKnown &&
      !overlap.isRetiring &&
      overlap.left > 0 &&
      current.verdict === "accepted" &&
      (pending === null || (pending.verdict === "rejected" && pending.isOccupied)) &&
      lease === "mine"),

  "a retirement makes, installs and promotes nothing": ({ goal }, action) =>
    goal !== "retire" || !is(action, "generate", "prepare", "install", "promote"),

  "another run's lease is never taken over, and nothing is retired beside it": ({ lease }, action) =>
    lease !== "others" || !is(action, "take-lease", "retire"),

  "a heal never waits for another's PENDING credential to be installed": ({ goal }, action) =>
    goal !== "heal" || action.kind !== "wait" || action.until !== "claim",

  "locked out is said only where CURRENT is refused for as long as the landing bound": ({ current }, action) =>
    !fails(action, "LOCKED_OUT") || current.isSurelyDead,
};

// Hundreds of thousands of views each: gone through once, for all properties.
describe("in every view, where the issuer chooses the value", () => {
  const found = violations(allViews, decideIssuerChosen, forIssuerChosen);
  test.each(Object.keys(forIssuerChosen))("%s", (sentence) => {
    expect(found.get(sentence)).toEqual([]);
  });
});

describe("in every view, where we choose the value", () => {
  const found = violations(allCallerViews, decideCallerChosen, forCallerChosen);
  test.each(Object.keys(forCallerChosen))("%s", (sentence) => {
    expect(found.get(sentence)).toEqual([]);
  });
});

describe("deciding", () => {
  const deepFreeze = <T>(value: T): T => {
    if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
    return value;
  };
  test("gives the same action for the same view, and leaves the view as it is", () => {
    let seen = 0;
    for (const view of allViews(SAMPLED)) {
      const copy = deepFreeze(structuredClone(view));
      if (JSON.stringify(decideIssuerChosen(copy)) !== JSON.stringify(decideIssuerChosen(view)))
        expect(view).toBe(copy);
      seen += 1;
    }
    for (const view of allCallerViews(SAMPLED)) {
      const copy = deepFreeze(structuredClone(view));
      if (JSON.stringify(decideCallerChosen(copy)) !== JSON.stringify(decideCallerChosen(view)))
        expect(view).toBe(copy);
      seen += 1;
    }
    expect(seen).toBeGreaterThan(10_000);
  });
});
