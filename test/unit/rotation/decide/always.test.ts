import { describe, expect, test, vi } from "vitest";
import type { Decision } from "../../../../src/rotation/decide/decide.ts";
import { decide } from "../../../../src/rotation/decide/index.ts";
import type { CallerState, IssuerState, State } from "../../../../src/rotation/decide/state.ts";
import { violations } from "./judge-states.ts";
import { callerStates, issuerStates } from "./states.ts";

/** Copying a state takes far longer than deciding on it. */
const SAMPLED = 101;

// Millions of states are looked at; on a busy machine that takes longer than other unit tests may.
vi.setConfig({ testTimeout: 60_000 });

const isMade = (pending: CallerState["pending"]) => pending?.origin.startsWith("this-call") === true;
const isDead = (current: State["current"]) => current.verdict === "rejected" && current.isConfirmed;

type Properties<V> = Readonly<Record<string, (state: V, decision: Decision) => boolean>>;

const is = (decision: Decision, ...kinds: readonly Decision["kind"][]) => kinds.includes(decision.kind);
const fails = (decision: Decision, code: string) => decision.kind === "fail" && decision.code === code;

/** What is asked about beside PENDING, CURRENT and the other versions. */
const besides = (state: State) => (state.chosenBy === "caller" ? [state.overlap, ...(state.unexpected ?? [])] : []);

/** What holds whoever chooses the value. */
const forBoth: Properties<State> = {
  "nothing waits for an ACTIVE secret: the table is asked of no other": (_, decision) =>
    decision.kind !== "wait" || decision.until !== "active",

  "a failure says what happened": (_, decision) => decision.kind !== "fail" || decision.what.length > 0,

  "nothing is minted, claimed, made or installed while paused": ({ isPaused }, decision) =>
    !isPaused || !is(decision, "mint", "claim", "generate", "install", "prepare"),

  "what was asked in this observation is not asked again": (state, decision) => {
    if (decision.kind !== "log-in-current" && decision.kind !== "log-in-pending") return true;
    const asked = [state.pending, state.current, ...(state.others ?? []), ...besides(state)].find(
      (judged) => judged?.versionNo === decision.versionNo,
    );
    return asked?.verdict === "not-asked";
  },

  "success names a version of its own kind": ({ goal, pending, current }, decision) => {
    if (decision.kind !== "done") return true;
    if (decision.code === "NOTHING_TO_DO")
      return (
        (goal === "heal" || goal === "retire") &&
        current.verdict === "accepted" &&
        decision.versionNo === current.versionNo
      );
    if (decision.code === "ALREADY_ROTATED")
      return (
        current.verdict === "accepted" && current.holds === "new-value" && decision.versionNo === current.versionNo
      );
    return goal === "create" && decision.versionNo === pending?.versionNo;
  },

  "an unknown verdict on PENDING, CURRENT or the newest that may work never ends in LOCKED_OUT": (state, decision) => {
    if (!fails(decision, "LOCKED_OUT")) return true;
    const isOtherOpen =
      state.others?.some(({ verdict, isPromotable }) => verdict !== "rejected" && isPromotable) ?? true;
    return state.current.verdict === "rejected" && state.pending?.verdict !== "unknown" && !isOtherOpen;
  },
};

const forIssuerChosen: Properties<IssuerState> = {
  ...forBoth,

  "nothing but storing, asking about and dropping happens while a value is unsaved": ({ unsaved }, decision) =>
    unsaved === null || is(decision, "store", "log-in-unsaved", "drop", "wait"),

  "an unsaved value is waited for only on its way to CURRENT, while it does not log in and there is time": (
    { unsaved },
    decision,
  ) =>
    unsaved === null ||
    decision.kind !== "wait" ||
    (unsaved.writes === "current" &&
      !unsaved.isLastMoment &&
      unsaved.verdict !== "accepted" &&
      unsaved.verdict !== "not-asked"),

  "a value is dropped only where it is refused and my claim is not the highest version": (
    { unsaved, claim },
    decision,
  ) => decision.kind !== "drop" || (unsaved?.verdict === "rejected" && !claim.holder.startsWith("mine")),

  "a value goes to CURRENT only where Vault takes no second PENDING version, after a login or in the last moment": (
    { unsaved },
    decision,
  ) =>
    decision.kind !== "store" ||
    (unsaved !== null &&
      unsaved.writes !== (decision.versionStage === "CURRENT" ? "pending" : "current") &&
      (decision.versionStage === "PENDING" || unsaved.verdict === "accepted" || unsaved.isLastMoment)),

  "only what is unsaved is stored or dropped": ({ unsaved }, decision) =>
    unsaved !== null || !is(decision, "store", "drop", "log-in-unsaved"),

  "a mint is sent only where my claim is the highest version, fresh, and mints are left": ({ claim, left }, decision) =>
    decision.kind !== "mint" || (claim.holder === "mine" && left.mints > 0),

  "over a CURRENT that works nothing is minted while the claim does not show the write that must follow": (
    { current, claim },
    decision,
  ) =>
    decision.kind !== "mint" || current.verdict !== "accepted" || (claim.holder === "mine" && claim.unproven === null),

  "nothing is minted or claimed with a mint unsettled, another's claim live, or PENDING that may work": (
    state,
    decision,
  ) =>
    !is(decision, "mint", "claim", "prepare") ||
    (state.inFlight === null &&
      state.claim.holder !== "theirs" &&
      (state.pending === null || state.pending.verdict === "rejected")),

  "nothing is minted or claimed over a CURRENT of unknown verdict, or one that another has rotated": (
    state,
    decision,
  ) =>
    !is(decision, "mint", "claim", "prepare") ||
    (state.current.verdict === "accepted" && state.current.holds === "start-value" && state.goal !== "heal") ||
    (state.current.verdict === "rejected" && state.authority === "may-regenerate" && state.others !== null),

  "a claim is written only prepared and with mints left": ({ isPrepared, left }, decision) =>
    decision.kind !== "claim" || (isPrepared && left.mints > 0),

  "only an accepted credential is promoted, or one with the value of an accepted CURRENT that is a claim": (
    { pending, current, others, claim, inFlight },
    decision,
  ) => {
    if (decision.kind !== "promote") return true;
    if (pending?.verdict === "accepted") return decision.versionNo === pending.versionNo;
    if (current.verdict === "rejected") {
      const other = others?.find(({ versionNo }) => versionNo === decision.versionNo);
      return other?.verdict === "accepted" && other.isPromotable;
    }
    const isTwin = current.verdict === "accepted" && decision.versionNo === current.sameValueNo;
    return isTwin && claim.holder === "none" && inFlight === null;
  },

  "a copy is taken only of an accepted credential that Vault will not promote": ({ others }, decision) => {
    if (decision.kind !== "copy") return true;
    const other = others?.find(({ versionNo }) => versionNo === decision.versionNo);
    return other?.verdict === "accepted" && !other.isPromotable;
  },

  "a heal waits neither for another's live claim nor, with nothing unsaved, for a verdict while one is live": (
    { goal, claim, unsaved },
    decision,
  ) =>
    goal !== "heal" ||
    decision.kind !== "wait" ||
    (decision.until !== "claim" && (decision.until !== "verdict" || claim.holder !== "theirs" || unsaved !== null)),

  "a heal never mints, claims or prepares where CURRENT logs in": ({ goal, current }, decision) =>
    goal !== "heal" || current.verdict !== "accepted" || !is(decision, "mint", "claim", "prepare"),

  "locked out is said only with no token, no authority, no live claim and every mint settled": (state, decision) =>
    !fails(decision, "LOCKED_OUT") ||
    (state.authority === "none" && state.claim.holder !== "theirs" && state.inFlight === null),

  "nothing is generated or installed": (_, decision) => !is(decision, "generate", "install"),
};

const forCallerChosen: Properties<CallerState> = {
  ...forBoth,

  "nothing is minted, claimed, taken in hand or read back": (_, decision) =>
    !is(decision, "mint", "claim", "store", "copy", "drop", "read-back", "log-in-unsaved"),

  "a value is made only prepared, with values left, and over nothing that waits to be installed": (
    { isPrepared, left, pending, current },
    decision,
  ) =>
    !is(decision, "generate", "prepare") ||
    (left.values > 0 &&
      (decision.kind === "prepare" || isPrepared) &&
      (pending === null || pending.phase === "refused" || (current.verdict === "rejected" && !isMade(pending)))),

  "only a value that is proven by a CURRENT that logs in is installed, or one that this call has made": (
    { pending, current },
    decision,
  ) =>
    decision.kind !== "install" ||
    isMade(pending) ||
    (pending?.origin === "known-writer" && current.verdict === "accepted"),

  "nothing waits for a value that nobody proves before CURRENT was asked": ({ pending, current }, decision) =>
    decision.kind !== "wait" ||
    pending === null ||
    pending.origin !== "stranger" ||
    pending.verdict !== "unknown" ||
    current.verdict !== "not-asked",

  "a value is made over a CURRENT that logs in and is the first seen, or by an authority over a dead one": (
    { current, goal, authority, others, pending },
    decision,
  ) =>
    !is(decision, "generate", "prepare") ||
    (current.verdict === "accepted" && current.holds === "start-value" && goal !== "heal") ||
    (isDead(current) && authority === "may-install" && others !== null && !isMade(pending)),

  "only PENDING is installed: not another's young one, not refused by policy, not again within the landing bound": (
    { pending, left },
    decision,
  ) =>
    decision.kind !== "install" ||
    (decision.versionNo === pending?.versionNo &&
      !["theirs", "refused", "sent"].includes(pending.phase) &&
      left.installs > 0),

  "a value is installed only by a CURRENT that logs in, or by a second authority": ({ current, authority }, decision) =>
    decision.kind !== "install" ||
    current.verdict === "accepted" ||
    (current.verdict === "rejected" && authority === "may-install"),

  "only an accepted credential is promoted": ({ pending, current, others, overlap }, decision) => {
    if (decision.kind !== "promote") return true;
    if (pending?.verdict === "accepted") return decision.versionNo === pending.versionNo;
    if (current.verdict === "accepted")
      return overlap?.verdict === "accepted" && overlap.order === "newer" && decision.versionNo === overlap.versionNo;
    const other = others?.find(({ versionNo }) => versionNo === decision.versionNo);
    return isDead(current) && other?.verdict === "accepted" && other.isPromotable;
  },

  "a value is retired only under this call's lease, its grace over, where it and a newer CURRENT log in": (
    { current, overlap, pending, lease, inFlight, left },
    decision,
  ) =>
    decision.kind !== "retire" ||
    (decision.versionNo === overlap?.versionNo &&
      overlap.verdict === "accepted" &&
      overlap.grace === "over" &&
      overlap.order === "older" &&
      inFlight === null &&
      left.retires > 0 &&
      current.verdict === "accepted" &&
      (pending === null || (pending.verdict === "rejected" && pending.phase.startsWith("no-room"))) &&
      lease === "mine"),

  "a retirement makes, installs and promotes nothing": ({ goal }, decision) =>
    goal !== "retire" || !is(decision, "generate", "prepare", "install", "promote"),

  "another run's lease is never taken over, and nothing is retired beside it": ({ lease }, decision) =>
    lease !== "others" || !is(decision, "take-lease", "retire"),

  "a heal never waits for another's PENDING credential to be installed": ({ goal }, decision) =>
    goal !== "heal" || decision.kind !== "wait" || decision.until !== "claim",

  "locked out is said only where CURRENT is refused for as long as the landing bound": ({ current }, decision) =>
    !fails(decision, "LOCKED_OUT") || isDead(current),
};

// Hundreds of thousands of states each: gone through once, for all properties.
describe("in every state, where the issuer chooses the value", () => {
  const found = violations(issuerStates, decide, forIssuerChosen);
  test.each(Object.keys(forIssuerChosen))("%s", (sentence) => {
    expect(found.get(sentence)).toEqual([]);
  });
});

describe("in every state, where we choose the value", () => {
  const found = violations(callerStates, decide, forCallerChosen);
  test.each(Object.keys(forCallerChosen))("%s", (sentence) => {
    expect(found.get(sentence)).toEqual([]);
  });
});

describe("deciding", () => {
  const deepFreeze = <T>(value: T): T => {
    if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
    return value;
  };
  test("gives the same action for the same state, and leaves the state as it is", () => {
    let seen = 0;
    for (const state of issuerStates(SAMPLED)) {
      const copy = deepFreeze(structuredClone(state));
      if (JSON.stringify(decide(copy)) !== JSON.stringify(decide(state))) expect(state).toBe(copy);
      seen += 1;
    }
    for (const state of callerStates(SAMPLED)) {
      const copy = deepFreeze(structuredClone(state));
      if (JSON.stringify(decide(copy)) !== JSON.stringify(decide(state))) expect(state).toBe(copy);
      seen += 1;
    }
    expect(seen).toBeGreaterThan(10_000);
  });
});
