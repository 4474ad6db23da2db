import type { Action, PromoteView, View } from "../../../src/recovery/decide.ts";

/** A rotation that has just looked at Vault: version 7 is CURRENT, nothing is pending, nobody was asked. */
export const baseView: View = {
  goal: "rotation",
  isUpdating: false,
  isPaused: false,
  hand: null,
  pending: null,
  current: { versionNo: 7, verdict: "not-asked", isFirstSeen: true },
  mint: { left: 2, isSettled: true, hasPassedLanding: false },
  readBack: "not-possible",
  hasToken: false,
  isPrepared: false,
};

const booleans = [false, true] as const;
const verdicts = ["not-asked", "accepted", "rejected", "unknown"] as const;

/** Every combination of one value of each list. */
function* combinations<T extends object>(lists: { readonly [K in keyof T]: readonly T[K][] }): Generator<T> {
  const entries = Object.entries<readonly unknown[]>(lists);
  const total = entries.reduce((product, [, values]) => product * values.length, 1);
  for (let number = 0; number < total; number++) {
    let rest = number;
    const chosen: Record<string, unknown> = {};
    for (const [name, values] of entries) {
      chosen[name] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    yield chosen as T;
  }
}

const pendings: readonly View["pending"][] = [
  null,
  ...combinations<NonNullable<View["pending"]>>({ versionNo: [8], verdict: verdicts, isOwn: booleans }),
];
const currents = [...combinations<View["current"]>({ versionNo: [7], verdict: verdicts, isFirstSeen: booleans })];

/** Every view that `decideRotation` could be given, also those that cannot come about. */
export function allViews(): Generator<View> {
  return combinations<View>({
    goal: ["create", "rotation"],
    isUpdating: booleans,
    isPaused: booleans,
    hand: [null, ...combinations<NonNullable<View["hand"]>>({ verdict: verdicts, isOvertaken: booleans })],
    pending: pendings,
    current: currents,
    mint: [...combinations<View["mint"]>({ left: [0, 1, 2], isSettled: booleans, hasPassedLanding: booleans })],
    readBack: ["possible", "not-possible"],
    hasToken: booleans,
    isPrepared: booleans,
  });
}

export type UpdateView = Pick<View, "isUpdating" | "pending" | "current"> & { readonly mayBePromoted: boolean };

/** Every view of `decideUpdate`, and with a member more than it needs, of `decideVerify`. */
export function allUpdateViews(): Generator<UpdateView> {
  return combinations<UpdateView>({
    isUpdating: booleans,
    pending: pendings,
    current: currents,
    mayBePromoted: booleans,
  });
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
