import type { Decision } from "./decide.ts";
import type { Rule } from "./rule.ts";
import type { CallerState, IssuerState, State } from "./state.ts";
import type { PromoteView } from "./steps.ts";

/** A rotation that has just looked at Vault: version 7 is CURRENT, nothing is pending, nobody was asked. */
export const baseIssuerState: IssuerState = {
  chosenBy: "issuer",
  goal: "rotation",
  isPaused: false,
  unsaved: null,
  writes: "pending",
  isLastMoment: false,
  pending: null,
  current: {
    versionNo: 7,
    verdict: "not-asked",
    isUnchanged: true,
    isClaim: false,
    isConfirmedDead: false,
    sameValueNo: null,
  },
  claim: { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null, unproven: null },
  mint: { left: 2, isSettled: true },
  others: null,
  mayReadBack: false,
  hasAuthority: false,
  isPrepared: false,
};

/** The same where we choose the value. */
export const baseCallerState: CallerState = {
  chosenBy: "caller",
  goal: "rotation",
  isPaused: false,
  pending: null,
  current: { versionNo: 7, verdict: "not-asked", isUnchanged: true, isConfirmedDead: false },
  others: null,
  hasAuthority: false,
  left: { installs: 2, values: 2 },
  isUnanswered: false,
  isPrepared: false,
  isTwoSlot: false,
  overlap: null,
  lease: "free",
  keepsOlder: false,
  unexpected: null,
  isCompromised: false,
  isUnnoted: false,
};

const booleans = [false, true] as const;
const verdicts = ["not-asked", "accepted", "rejected", "unknown"] as const;
const goals = ["create", "rotation", "heal"] as const;

type Lists<T> = { readonly [K in keyof T]: readonly T[K][] };

/**
 * Every combination of one value of each list, or every so manieth of them.
 * @param every coprime to the number of values of each list, so that none is left out
 */
function* combinations<T extends object>(lists: Lists<T>, every = 1): Generator<T> {
  const entries = Object.entries<readonly unknown[]>(lists);
  const total = entries.reduce((product, [, values]) => product * values.length, 1);
  const chosen = Object.fromEntries(entries.map(([name, values]) => [name, values[0]]));
  // To count on from one to the next, as a mileage counter does, takes a quarter of the time of dividing each number anew.
  const wheels = entries.map(([name, values]) => ({ name, values, at: 0 }));
  for (let number = 0; number < total; number += every) {
    yield { ...chosen } as T;
    let carried = every;
    for (let place = 0; carried > 0 && place < wheels.length; place += 1) {
      const wheel = wheels[place] as (typeof wheels)[number];
      const sum = wheel.at + carried;
      wheel.at = sum % wheel.values.length;
      chosen[wheel.name] = wheel.values[wheel.at];
      carried = (sum - wheel.at) / wheel.values.length;
    }
  }
}

type Others = NonNullable<IssuerState["others"]>;
const other = (versionNo: number, verdict: (typeof verdicts)[number], isPromotable = true): Others[number] => ({
  versionNo,
  verdict,
  isPromotable,
});
const someOthers: readonly IssuerState["others"][] = [
  null,
  [],
  ...verdicts.map((verdict) => [other(5, verdict)]),
  [other(5, "rejected"), other(3, "accepted")],
  [other(5, "accepted", false)],
];

const pendings: readonly IssuerState["pending"][] = [
  null,
  ...combinations<NonNullable<IssuerState["pending"]>>({ versionNo: [8], verdict: verdicts, isOwn: booleans }),
];
const hands = [null, ...combinations<NonNullable<IssuerState["unsaved"]>>({ verdict: verdicts, isYoung: booleans })];

/** Every member on its own, also in states that cannot come about. */
const everything: Lists<IssuerState> = {
  chosenBy: ["issuer"],
  goal: goals,
  isPaused: booleans,
  unsaved: hands,
  writes: ["pending", "current", "either"],
  isLastMoment: booleans,
  pending: pendings,
  current: [
    ...combinations<IssuerState["current"]>({
      versionNo: [7],
      verdict: verdicts,
      isUnchanged: booleans,
      isClaim: booleans,
      isConfirmedDead: booleans,
      sameValueNo: [null, 5],
    }),
  ],
  claim: [
    ...combinations<IssuerState["claim"]>({
      isLive: booleans,
      isMine: booleans,
      isFresh: booleans,
      unknownMarkNo: [null],
      unproven: [null],
    }),
    ...combinations<IssuerState["claim"]>({
      isLive: [false],
      isMine: [true],
      isFresh: [true],
      unknownMarkNo: [null],
      unproven: ["trial", "note", "current"],
    }),
  ],
  mint: [...combinations<IssuerState["mint"]>({ left: [0, 1, 2], isSettled: booleans })],
  others: [
    ...someOthers,
    [other(5, "rejected"), other(3, "unknown")],
    [other(5, "rejected"), other(3, "accepted", false)],
    [other(5, "unknown"), other(3, "accepted")],
    [other(5, "rejected"), other(3, "not-asked")],
  ],
  mayReadBack: booleans,
  hasAuthority: booleans,
  isPrepared: booleans,
};

/** What can come about: nothing of mine is another's, and nobody reads back without a proof. */
const possible = {
  current: everything.current.filter(
    ({ verdict, isClaim, isConfirmedDead, sameValueNo }) =>
      (isClaim || sameValueNo === null) && (!isConfirmedDead || verdict === "rejected"),
  ),
  claim: [
    { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null, unproven: null },
    { isLive: true, isMine: false, isFresh: false, unknownMarkNo: null, unproven: null },
    { isLive: false, isMine: true, isFresh: false, unknownMarkNo: null, unproven: "trial" },
    { isLive: false, isMine: true, isFresh: true, unknownMarkNo: null, unproven: null },
    { isLive: false, isMine: true, isFresh: true, unknownMarkNo: null, unproven: "trial" },
    { isLive: false, isMine: true, isFresh: true, unknownMarkNo: null, unproven: "note" },
    { isLive: false, isMine: true, isFresh: true, unknownMarkNo: null, unproven: "current" },
  ],
  mint: everything.mint.filter(({ left }) => left < 2),
  others: someOthers,
} as const;

/** Of the whole product, some 400 million, so many are left out between two. A prime, so all values meet each other. */
const STRIDE = 2_099;

/** The states where the issuer chooses the value that can come about: those without an unsaved value, then those with one. */
export function* possibleIssuerStates(every = 1): Generator<IssuerState> {
  const withoutHand = {
    ...everything,
    ...possible,
    unsaved: [null],
    writes: ["pending"],
    isLastMoment: [false],
  } as const;
  yield* combinations<IssuerState>({ ...withoutHand, hasAuthority: [true] }, every);
  yield* combinations<IssuerState>({ ...withoutHand, hasAuthority: [false], mayReadBack: [false] }, every);
  yield* combinations<IssuerState>(
    {
      ...everything,
      ...possible,
      unsaved: hands.filter((unsaved) => unsaved !== null),
      claim: possible.claim.filter(({ isFresh, unproven }) => !isFresh || unproven === null),
      others: [null],
      mayReadBack: [false],
      hasAuthority: [true],
      isPrepared: [false],
      current: possible.current.filter(({ isUnchanged, sameValueNo }) => isUnchanged && sameValueNo === null),
    },
    every,
  );
}

/** The same and a regular sample of everything else. @param every a prime, to look at so many times less of both */
export function* allIssuerStates(every = 1): Generator<IssuerState> {
  yield* possibleIssuerStates(every);
  yield* combinations<IssuerState>(everything, STRIDE * every);
}

/**
 * A value that this call has made is proven, and what is its own it has made. One that nobody proves is never sent, and as if there were none
 * once it is refused.
 */
function isTold(pending: CallerState["pending"]): boolean {
  if (pending === null) return true;
  const { isProven, isMade, isOwn, isUntried, isLive, isRefused, isInstalling, verdict } = pending;
  if (!isMade && (isOwn || isUntried)) return false;
  return isProven || (verdict !== "rejected" && !isMade && !isLive && !isRefused && !isInstalling);
}

const everyCallerState: Lists<CallerState> = {
  chosenBy: ["caller"],
  goal: goals,
  isPaused: booleans,
  pending: [
    null,
    ...combinations<NonNullable<CallerState["pending"]>>({
      versionNo: [8],
      verdict: verdicts,
      isProven: booleans,
      isMade: booleans,
      isLive: booleans,
      isRefused: booleans,
      isInstalling: booleans,
      isUntried: booleans,
      isOwn: [false],
      isOccupied: [false],
      isLongOccupied: [false],
    }),
  ].filter(isTold),
  current: [
    ...combinations<CallerState["current"]>({
      versionNo: [7],
      verdict: verdicts,
      isUnchanged: booleans,
      isConfirmedDead: booleans,
    }),
  ],
  others: someOthers,
  hasAuthority: booleans,
  left: [...combinations<CallerState["left"]>({ installs: [0, 1], values: [0, 1] })],
  isUnanswered: booleans,
  isTwoSlot: [false],
  overlap: [null],
  lease: ["free"],
  keepsOlder: [false],
  unexpected: [null],
  isCompromised: [false],
  isUnnoted: [false],
  isPrepared: booleans,
};

/** The states where we choose the value that can come about: what is live is not mine, and what was not tried was not asked. */
export function* possibleCallerStates(): Generator<CallerState> {
  const canBe = (pending: CallerState["pending"]) => {
    if (pending === null) return true;
    const { isLive, isRefused, isInstalling, isUntried, verdict } = pending;
    const states = [isLive, isRefused, isInstalling, isUntried].filter(Boolean).length;
    return states <= 1 && (!isUntried || verdict === "not-asked");
  };
  yield* combinations<CallerState>({
    ...everyCallerState,
    pending: everyCallerState.pending.filter(canBe),
    current: everyCallerState.current.filter(
      ({ verdict, isConfirmedDead }) => !isConfirmedDead || verdict === "rejected",
    ),
  });
  yield* twoSlotStates();
}

/** Of the states where the issuer keeps two values, some 240 million, so many are left out between two. Prime, like `STRIDE`. */
const TWO_SLOT_STRIDE = 307;

/** Where the issuer keeps two values, and retirements: a regular sample of everything that their rows look at. */
function* twoSlotStates(every = 1): Generator<CallerState> {
  const pendings = combinations<NonNullable<CallerState["pending"]>>({
    versionNo: [8],
    verdict: verdicts,
    isProven: booleans,
    isMade: booleans,
    isLive: booleans,
    isRefused: [false],
    isInstalling: [false],
    isUntried: [false],
    isOwn: booleans,
    isOccupied: booleans,
    isLongOccupied: booleans,
  });
  const overlaps = combinations<NonNullable<CallerState["overlap"]>>({
    versionNo: [6],
    verdict: verdicts,
    isNewer: booleans,
    isOrderKnown: booleans,
    isSinceUnknown: booleans,
    isDue: booleans,
    isRetiring: booleans,
    left: [0, 1],
  });
  const states: Lists<CallerState> = {
    ...everyCallerState,
    goal: [...goals, "retire"],
    pending: [
      null,
      ...[...pendings].filter(isTold).filter(({ isOccupied, isLongOccupied }) => isOccupied || !isLongOccupied),
    ],
    current: everyCallerState.current.filter(
      ({ verdict, isConfirmedDead }) => !isConfirmedDead || verdict === "rejected",
    ),
    others: [null],
    hasAuthority: [false],
    left: [{ installs: 1, values: 1 }],
    isUnanswered: [false],
    isTwoSlot: booleans,
    overlap: [null, ...overlaps],
    lease: ["free", "mine", "others"],
    keepsOlder: booleans,
    unexpected: [null, ...verdicts.map((verdict) => [{ versionNo: 3, verdict }])],
    isCompromised: booleans,
    isUnnoted: booleans,
    isPrepared: [false],
  };
  yield* combinations<CallerState>(states, TWO_SLOT_STRIDE * every);
}

/**
 * Every state where we choose the value, also those that cannot come about.
 * @param every a prime, to look at so many times less of it
 */
export function* allCallerStates(every = 1): Generator<CallerState> {
  yield* combinations<CallerState>(everyCallerState, every);
  yield* twoSlotStates(every);
}

export type UpdateState = Pick<IssuerState, "pending" | "current"> & { readonly mayBePromoted: boolean };

/** Every state of `decideUpdate`, and with a member more than it needs, of `decideVerify`. */
export function allUpdateStates(): Generator<UpdateState> {
  const { pending, current } = everything;
  return combinations<UpdateState>({ pending, current, mayBePromoted: booleans });
}

const stages = ["CURRENT", "PENDING", "LATEST", "PREVIOUS", "DEPRECATED"] as const;

export function allPromoteStates(): Generator<PromoteView> {
  const sets = [[], ...stages.map((stage) => [stage]), ...stages.map((stage) => [stage, "LATEST" as const])];
  const targets = combinations<NonNullable<PromoteView["target"]>>({
    versionNo: [8],
    verdict: verdicts,
    versionStages: sets,
    isCredential: booleans,
  });
  return combinations<PromoteView>({ isUpdating: booleans, versionNo: [8], target: [null, ...targets] });
}

export interface Violation<V> {
  readonly state: V;
  readonly decision: Decision;
}

const MAX_SHOWN = 3;

/** For each property the first states after whose decision it does not hold, in one pass over all states. */
export function violations<V>(
  states: () => Iterable<V>,
  decide: (state: V) => Decision,
  properties: Readonly<Record<string, (state: V, decision: Decision) => boolean>>,
): ReadonlyMap<string, readonly Violation<V>[]> {
  const checks = Object.entries(properties).map(([sentence, holds]) => ({
    sentence,
    holds,
    found: [] as Violation<V>[],
  }));
  let seen = 0;
  for (const state of states()) {
    seen += 1;
    const decision = decide(state);
    for (const { holds, found } of checks) {
      if (found.length < MAX_SHOWN && !holds(state, decision)) found.push({ state, decision });
    }
  }
  if (seen === 0) throw new Error("there was no state to look at");
  return new Map(checks.map(({ sentence, found }) => [sentence, found]));
}

/** How the rows of a table share the states between them. */
export interface Census {
  /** No state has them as its first that decides. */
  readonly dead: readonly string[];
  /** Taken out of the table, no state would be decided otherwise. */
  readonly idle: readonly string[];
  /** So many states would not be decided if the last row were the only one. */
  readonly missedByLast: number;
}

export function censusOf(rules: readonly Rule[], states: () => Iterable<State>): Census {
  const fired = rules.map(() => false);
  const matters = rules.map((_, index) => index === rules.length - 1);
  let missedByLast = 0;
  for (const state of states()) {
    if ((rules.at(-1)?.decide(state) ?? null) === null) missedByLast += 1;
    const index = rules.findIndex((rule) => rule.decide(state) !== null);
    if (index < 0) continue;
    fired[index] = true;
    if (matters[index]) continue;
    const next = rules.slice(index + 1).find((rule) => rule.decide(state) !== null);
    matters[index] = JSON.stringify(next?.decide(state)) !== JSON.stringify(rules[index]?.decide(state));
  }
  const named = (flags: readonly boolean[]) => rules.filter((_, index) => !flags[index]).map(({ id }) => id);
  return { dead: named(fired), idle: named(matters), missedByLast };
}
