import type { CallerView } from "../../../../src/rotation/decide/caller-view.ts";
import type { Action, Rule, View } from "../../../../src/rotation/decide/decide.ts";
import type { PromoteView } from "../../../../src/rotation/decide/steps.ts";

/** A rotation that has just looked at Vault: version 7 is CURRENT, nothing is pending, nobody was asked. */
export const baseView: View = {
  goal: "rotation",
  isUpdating: false,
  isPaused: false,
  hand: null,
  writes: "pending",
  isLastMoment: false,
  pending: null,
  current: { versionNo: 7, verdict: "not-asked", isFirstSeen: true, isClaim: false, isSurelyDead: false, twinNo: null },
  claim: { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null, unproven: null },
  mint: { left: 2, isSettled: true },
  others: null,
  mayReadBack: false,
  hasAuthority: false,
  isPrepared: false,
};

/** The same where we choose the value. */
export const baseCallerView: CallerView = {
  goal: "rotation",
  isUpdating: false,
  isPaused: false,
  pending: null,
  current: { versionNo: 7, verdict: "not-asked", isFirstSeen: true, isSurelyDead: false },
  others: null,
  hasAuthority: false,
  left: { installs: 2, values: 2 },
  isUnanswered: false,
  isPrepared: false,
  isTwoSlot: false,
  overlap: null,
  lease: "free",
  keepsOlder: false,
  strays: null,
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

type Others = NonNullable<View["others"]>;
const other = (versionNo: number, verdict: (typeof verdicts)[number], isPromotable = true): Others[number] => ({
  versionNo,
  verdict,
  isPromotable,
});
const someOthers: readonly View["others"][] = [
  null,
  [],
  ...verdicts.map((verdict) => [other(5, verdict)]),
  [other(5, "rejected"), other(3, "accepted")],
  [other(5, "accepted", false)],
];

const pendings: readonly View["pending"][] = [
  null,
  ...combinations<NonNullable<View["pending"]>>({ versionNo: [8], verdict: verdicts, isOwn: booleans }),
];
const hands = [null, ...combinations<NonNullable<View["hand"]>>({ verdict: verdicts, isYoung: booleans })];

/** Every member on its own, also in states that cannot come about. */
const everything: Lists<View> = {
  goal: goals,
  isUpdating: booleans,
  isPaused: booleans,
  hand: hands,
  writes: ["pending", "current", "either"],
  isLastMoment: booleans,
  pending: pendings,
  current: [
    ...combinations<View["current"]>({
      versionNo: [7],
      verdict: verdicts,
      isFirstSeen: booleans,
      isClaim: booleans,
      isSurelyDead: booleans,
      twinNo: [null, 5],
    }),
  ],
  claim: [
    ...combinations<View["claim"]>({
      isLive: booleans,
      isMine: booleans,
      isFresh: booleans,
      unknownMarkNo: [null],
      unproven: [null],
    }),
    ...combinations<View["claim"]>({
      isLive: [false],
      isMine: [true],
      isFresh: [true],
      unknownMarkNo: [null],
      unproven: ["trial", "note", "current"],
    }),
  ],
  mint: [...combinations<View["mint"]>({ left: [0, 1, 2], isSettled: booleans })],
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
  isUpdating: [false],
  current: everything.current.filter(
    ({ verdict, isClaim, isSurelyDead, twinNo }) =>
      (isClaim || twinNo === null) && (!isSurelyDead || verdict === "rejected"),
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

/** The views of `decideIssuerChosen` that can come about: those without a value in hand, then those with one. */
export function* possibleViews(every = 1): Generator<View> {
  const withoutHand = { ...everything, ...possible, hand: [null], writes: ["pending"], isLastMoment: [false] } as const;
  yield* combinations<View>({ ...withoutHand, hasAuthority: [true] }, every);
  yield* combinations<View>({ ...withoutHand, hasAuthority: [false], mayReadBack: [false] }, every);
  yield* combinations<View>(
    {
      ...everything,
      ...possible,
      hand: hands.filter((hand) => hand !== null),
      claim: possible.claim.filter(({ isFresh, unproven }) => !isFresh || unproven === null),
      others: [null],
      mayReadBack: [false],
      hasAuthority: [true],
      isPrepared: [false],
      current: possible.current.filter(({ isFirstSeen, twinNo }) => isFirstSeen && twinNo === null),
    },
    every,
  );
  yield { ...baseView, isUpdating: true };
}

/** The same and a regular sample of everything else. @param every a prime, to look at so many times less of both */
export function* allViews(every = 1): Generator<View> {
  yield* possibleViews(every);
  yield* combinations<View>(everything, STRIDE * every);
}

/**
 * A value that this call has made is proven, and what is its own it has made. One that nobody proves is never sent, and as if there were none
 * once it is refused.
 */
function isTold(pending: CallerView["pending"]): boolean {
  if (pending === null) return true;
  const { isProven, isMade, isOwn, isUntried, isLive, isRefused, isInstalling, verdict } = pending;
  if (!isMade && (isOwn || isUntried)) return false;
  return isProven || (verdict !== "rejected" && !isMade && !isLive && !isRefused && !isInstalling);
}

const everyCallerView: Lists<CallerView> = {
  goal: goals,
  isUpdating: booleans,
  isPaused: booleans,
  pending: [
    null,
    ...combinations<NonNullable<CallerView["pending"]>>({
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
    ...combinations<CallerView["current"]>({
      versionNo: [7],
      verdict: verdicts,
      isFirstSeen: booleans,
      isSurelyDead: booleans,
    }),
  ],
  others: someOthers,
  hasAuthority: booleans,
  left: [...combinations<CallerView["left"]>({ installs: [0, 1], values: [0, 1] })],
  isUnanswered: booleans,
  isTwoSlot: [false],
  overlap: [null],
  lease: ["free"],
  keepsOlder: [false],
  strays: [null],
  isCompromised: [false],
  isUnnoted: [false],
  isPrepared: booleans,
};

/** The views of `decideCallerChosen` that can come about: what is live is not mine, and what was not tried was not asked. */
export function* possibleCallerViews(): Generator<CallerView> {
  const canBe = (pending: CallerView["pending"]) => {
    if (pending === null) return true;
    const { isLive, isRefused, isInstalling, isUntried, verdict } = pending;
    const states = [isLive, isRefused, isInstalling, isUntried].filter(Boolean).length;
    return states <= 1 && (!isUntried || verdict === "not-asked");
  };
  yield* combinations<CallerView>({
    ...everyCallerView,
    isUpdating: [false],
    pending: everyCallerView.pending.filter(canBe),
    current: everyCallerView.current.filter(({ verdict, isSurelyDead }) => !isSurelyDead || verdict === "rejected"),
  });
  yield* twoSlotViews();
  yield { ...baseCallerView, isUpdating: true };
}

/** Of the views where the issuer keeps two values, some 240 million, so many are left out between two. Prime, like `STRIDE`. */
const TWO_SLOT_STRIDE = 307;

/** Where the issuer keeps two values, and retirements: a regular sample of everything that their rows look at. */
function* twoSlotViews(every = 1): Generator<CallerView> {
  const pendings = combinations<NonNullable<CallerView["pending"]>>({
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
  const overlaps = combinations<NonNullable<CallerView["overlap"]>>({
    versionNo: [6],
    verdict: verdicts,
    isNewer: booleans,
    isOrderKnown: booleans,
    isSinceUnknown: booleans,
    isDue: booleans,
    isRetiring: booleans,
    left: [0, 1],
  });
  const views: Lists<CallerView> = {
    ...everyCallerView,
    goal: [...goals, "retire"],
    isUpdating: [false],
    pending: [
      null,
      ...[...pendings].filter(isTold).filter(({ isOccupied, isLongOccupied }) => isOccupied || !isLongOccupied),
    ],
    current: everyCallerView.current.filter(({ verdict, isSurelyDead }) => !isSurelyDead || verdict === "rejected"),
    others: [null],
    hasAuthority: [false],
    left: [{ installs: 1, values: 1 }],
    isUnanswered: [false],
    isTwoSlot: booleans,
    overlap: [null, ...overlaps],
    lease: ["free", "mine", "others"],
    keepsOlder: booleans,
    strays: [null, ...verdicts.map((verdict) => [{ versionNo: 3, verdict }])],
    isCompromised: booleans,
    isUnnoted: booleans,
    isPrepared: [false],
  };
  yield* combinations<CallerView>(views, TWO_SLOT_STRIDE * every);
}

/**
 * Every view that `decideCallerChosen` could be given, also those that cannot come about; UPDATING only a regular sample.
 * @param every a prime, to look at so many times less of it
 */
export function* allCallerViews(every = 1): Generator<CallerView> {
  yield* combinations<CallerView>({ ...everyCallerView, isUpdating: [false] }, every);
  yield* twoSlotViews(every);
  yield* combinations<CallerView>({ ...everyCallerView, isUpdating: [true] }, STRIDE * every);
}

export type UpdateView = Pick<View, "isUpdating" | "pending" | "current"> & { readonly mayBePromoted: boolean };

/** Every view of `decideUpdate`, and with a member more than it needs, of `decideVerify`. */
export function allUpdateViews(): Generator<UpdateView> {
  const { isUpdating, pending, current } = everything;
  return combinations<UpdateView>({ isUpdating, pending, current, mayBePromoted: booleans });
}

const stages = ["CURRENT", "PENDING", "LATEST", "PREVIOUS", "DEPRECATED"] as const;

export function allPromoteViews(): Generator<PromoteView> {
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
  readonly view: V;
  readonly action: Action;
}

const MOST_SHOWN = 3;

/** For each property the first views after whose decision it does not hold, in one pass over all views. */
export function violations<V>(
  views: () => Iterable<V>,
  decide: (view: V) => Action,
  properties: Readonly<Record<string, (view: V, action: Action) => boolean>>,
): ReadonlyMap<string, readonly Violation<V>[]> {
  const checks = Object.entries(properties).map(([sentence, holds]) => ({
    sentence,
    holds,
    found: [] as Violation<V>[],
  }));
  let seen = 0;
  for (const view of views()) {
    seen += 1;
    const action = decide(view);
    for (const { holds, found } of checks) {
      if (found.length < MOST_SHOWN && !holds(view, action)) found.push({ view, action });
    }
  }
  if (seen === 0) throw new Error("there was no view to look at");
  return new Map(checks.map(({ sentence, found }) => [sentence, found]));
}

/** How the rules of a table share the views between them. Rules are named by their row and state. */
export interface Census {
  /** No view has them as its first that fits. */
  readonly dead: readonly string[];
  /** Taken out of the table, no view would be decided otherwise. */
  readonly idle: readonly string[];
  /** So many views would not be decided if the last rule were the only one. */
  readonly missedByLast: number;
}

export function nameOfRule<V>({ row, state }: Rule<V>): string {
  return `row ${row}: ${state}`;
}

export function censusOf<V>(rules: readonly Rule<V>[], views: () => Iterable<V>): Census {
  const fired = rules.map(() => false);
  const matters = rules.map((_, index) => index === rules.length - 1);
  let missedByLast = 0;
  for (const view of views()) {
    if (rules.at(-1)?.when(view) !== true) missedByLast += 1;
    const index = rules.findIndex((rule) => rule.when(view));
    if (index < 0) continue;
    fired[index] = true;
    if (matters[index]) continue;
    const next = rules.slice(index + 1).find((rule) => rule.when(view));
    matters[index] = JSON.stringify(next?.decide(view)) !== JSON.stringify(rules[index]?.decide(view));
  }
  const named = (flags: readonly boolean[]) => rules.filter((_, index) => !flags[index]).map(nameOfRule);
  return { dead: named(fired), idle: named(matters), missedByLast };
}
