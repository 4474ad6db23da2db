import type { CallerPending, CallerState, IssuerState, State } from "../../../../src/rotation/decide/state.ts";
import type { PromoteState, StepState } from "../../../../src/rotation/decide/steps.ts";

/** A rotation that has just looked at Vault: version 7 is CURRENT, nothing is pending, no one was asked. */
export const baseIssuerState: IssuerState = {
  chosenBy: "issuer",
  goal: "rotation",
  isPaused: false,
  unsaved: null,
  pending: null,
  current: { versionNo: 7, verdict: "not-asked" },
  claim: { holder: "none" },
  inFlight: null,
  left: { mints: 2 },
  others: null,
  authority: "none",
  isPrepared: false,
};

/** The same if we choose the value. */
export const baseCallerState: CallerState = {
  chosenBy: "caller",
  goal: "rotation",
  isPaused: false,
  pending: null,
  current: { versionNo: 7, verdict: "not-asked" },
  others: null,
  authority: "none",
  left: { installs: 2, values: 2, retires: 3 },
  isUnanswered: false,
  isPrepared: false,
  keeps: "none",
  overlap: null,
  lease: "free",
  inFlight: null,
  unexpected: null,
  compromised: "no",
  unstored: "no",
};

const booleans = [false, true] as const;
const verdicts = ["not-asked", "accepted", "rejected", "unknown"] as const;
const notRefused = ["not-asked", "accepted", "unknown"] as const;
const holds = ["start-value", "new-value"] as const;

type Lists<T> = { readonly [K in keyof T]: readonly T[K][] };

/**
 * Every combination of one value of each list, or every so manieth of them, in one object that changes from each to the next: to copy
 * millions takes most of the time.
 * @param every coprime to the number of values of each list, so that none is left out
 */
function* eachOf<T extends object>(lists: Lists<T>, every = 1): Generator<T> {
  const entries = Object.entries<readonly unknown[]>(lists);
  const total = entries.reduce((product, [, values]) => product * values.length, 1);
  const chosen = Object.fromEntries(entries.map(([name, values]) => [name, values[0]]));
  // To count on from one to the next, as a mileage counter does, takes a quarter of the time of dividing each number again.
  const wheels = entries.map(([name, values]) => ({ name, values, at: 0 }));
  for (let number = 0; number < total; number += every) {
    yield chosen as T;
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

/** The same as objects that one can keep. */
function combinations<T extends object>(lists: Lists<T>): T[] {
  return Array.from(eachOf(lists), (combination) => ({ ...combination }));
}

type Others = NonNullable<State["others"]>;
const other = (versionNo: number, verdict: (typeof verdicts)[number], isPromotable = true): Others[number] => ({
  versionNo,
  verdict,
  isPromotable,
});
const others: readonly State["others"][] = [
  null,
  [],
  ...verdicts.map((verdict) => [other(5, verdict)]),
  [other(5, "rejected"), other(3, "accepted")],
  [other(5, "accepted", false)],
];

const otherCurrents: readonly Exclude<CallerState["current"], { verdict: "accepted" }>[] = [
  { versionNo: 7, verdict: "not-asked" },
  { versionNo: 7, verdict: "unknown" },
  ...booleans.map((isConfirmed) => ({ versionNo: 7, verdict: "rejected", isConfirmed }) as const),
  { versionNo: 7, verdict: "rejected", isConfirmed: true, isPlaceholder: true },
];

/** Each member of the state if the issuer chooses the value, in every form that the types allow. */
const issuerLists: Lists<IssuerState> = {
  chosenBy: ["issuer"],
  goal: ["create", "rotation", "heal"],
  isPaused: booleans,
  unsaved: [null],
  pending: [
    null,
    ...combinations<NonNullable<IssuerState["pending"]>>({ versionNo: [8], verdict: verdicts, isOwn: booleans }),
  ],
  current: [
    ...otherCurrents,
    ...combinations<Extract<IssuerState["current"], { verdict: "accepted" }>>({
      versionNo: [7],
      verdict: ["accepted"],
      holds,
      sameValueNo: [null, 5],
    }),
  ],
  claim: [
    { holder: "none" },
    { holder: "theirs", unknownMarkNo: null },
    ...([null, "trial", "note", "current"] as const).map((unproven) => ({ holder: "mine", unproven }) as const),
    { holder: "mine-expired" },
  ],
  inFlight: [null, "mint"],
  left: [{ mints: 0 }, { mints: 1 }],
  others,
  authority: ["none", "may-read-back", "may-regenerate"],
  isPrepared: booleans,
};

const unsaved = [
  ...combinations<NonNullable<IssuerState["unsaved"]>>({
    verdict: notRefused,
    isYoung: booleans,
    writes: ["pending", "current", "either"],
    isLastMoment: booleans,
  }),
  ...combinations<NonNullable<IssuerState["unsaved"]>>({
    verdict: ["rejected"],
    isYoung: [false],
    writes: ["pending", "current", "either"],
    isLastMoment: booleans,
  }),
];

/** With an unsaved value nothing else is asked about, so of some 21 million states so many are left out between two. */
const UNSAVED_STRIDE = 101;

/**
 * Every state where the issuer chooses the value, in one object that changes: those without an unsaved value, then a regular sample of those with one.
 * @param every a prime, to look at so many times less of both
 */
export function* issuerStates(every = 1): Generator<IssuerState> {
  yield* eachOf<IssuerState>(issuerLists, every);
  yield* eachOf<IssuerState>({ ...issuerLists, unsaved }, UNSAVED_STRIDE * every);
}

const phases = ["stored", "sent", "refused", "no-room", "no-room-for-long"] as const;
const pendings: readonly (CallerPending | null)[] = [
  null,
  { versionNo: 8, verdict: "not-asked", origin: "this-call", phase: "untried" },
  ...combinations<CallerPending>({ versionNo: [8], verdict: verdicts, origin: ["this-call"], phase: phases }),
  ...combinations<CallerPending>({
    versionNo: [8],
    verdict: verdicts,
    origin: ["this-call-before", "known-writer"],
    phase: [...phases, "theirs"],
  }),
  ...combinations<CallerPending>({ versionNo: [8], verdict: notRefused, origin: ["stranger"], phase: ["stored"] }),
];

/** The same if we choose the value, and the issuer keeps one. */
const callerLists: Lists<CallerState> = {
  chosenBy: ["caller"],
  goal: ["create", "rotation", "heal", "retire"],
  isPaused: booleans,
  pending: pendings,
  current: [...otherCurrents, ...holds.map((held) => ({ versionNo: 7, verdict: "accepted", holds: held }) as const)],
  others,
  authority: ["none", "may-install"],
  left: [...combinations<CallerState["left"]>({ installs: [0, 1], values: [0, 1], retires: [1] })],
  isUnanswered: booleans,
  isPrepared: booleans,
  keeps: ["none"],
  overlap: [null],
  lease: ["free"],
  inFlight: [null],
  unexpected: [null],
  compromised: ["no"],
  unstored: ["no"],
};

/** What the rows look at if the issuer may keep an older value. */
const overlapLists: Lists<CallerState> = {
  ...callerLists,
  others: [null],
  left: [0, 1].map((retires) => ({ installs: 1, values: 1, retires })),
  isUnanswered: [false],
  isPrepared: [false],
  keeps: ["none", "timed", "two-slot"],
  overlap: [
    null,
    ...combinations<NonNullable<CallerState["overlap"]>>({
      versionNo: [6],
      verdict: verdicts,
      order: ["older", "newer", "unknown"],
      grace: ["running", "over", "unknown-start"],
      endsEarly: booleans,
    }),
  ],
  lease: ["free", "mine", "others"],
  inFlight: [null, "retire"],
  unexpected: [null, ...verdicts.map((verdict) => [{ versionNo: 3, verdict }])],
  compromised: ["no", "unnoted", "noted"],
  unstored: ["no", "possible", "to-end"],
};

/** Of some 970 million states so many are left out between two. A prime, so all values meet each other. */
const OVERLAP_STRIDE = 193;

/**
 * Every state where we choose the value and the issuer keeps one, then a regular sample of those where it may keep an older one.
 * @param every a prime, to look at so many times less of both
 */
export function* callerStates(every = 1): Generator<CallerState> {
  yield* eachOf<CallerState>(callerLists, every);
  yield* eachOf<CallerState>(overlapLists, OVERLAP_STRIDE * every);
}

/** Every state of `decideUpdate`, and with a member more than it needs, of `decideVerify`. */
export function stepStates(): Generator<StepState> {
  const candidates = (versionNo: number) => verdicts.map((verdict) => ({ versionNo, verdict }));
  return eachOf<StepState>({
    pending: [null, ...candidates(8)],
    current: candidates(7),
    mayBePromoted: booleans,
  });
}

const stages = ["CURRENT", "PENDING", "LATEST", "PREVIOUS", "DEPRECATED"] as const;

export function promoteStates(): Generator<PromoteState> {
  const sets = [[], ...stages.map((stage) => [stage]), ...stages.map((stage) => [stage, "LATEST" as const])];
  const targets = combinations<NonNullable<PromoteState["target"]>>({
    versionNo: [8],
    verdict: verdicts,
    versionStages: sets,
    isCredential: booleans,
  });
  return eachOf<PromoteState>({ isUpdating: booleans, versionNo: [8], target: [null, ...targets] });
}
