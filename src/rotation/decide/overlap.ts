import { fail, type Judged, logInWith, numberOf, type Rule, waitForVerdict } from "./decide.ts";

/** What the rows on a second value that still works see. */
export interface OverlapView {
  readonly goal: "create" | "rotation" | "heal" | "retire";
  readonly isPaused: boolean;
  /**
   * `isOccupied`: the issuer has told this call that it has no room for the value, as it holds two. `isLongOccupied`: for as long as the
   * landing bound.
   */
  readonly pending: (Judged & { readonly isOccupied: boolean; readonly isLongOccupied: boolean }) | null;
  readonly current: Judged & { readonly isFirstSeen: boolean };
  /** Where the issuer keeps two values: PREVIOUS, if it is a credential with another value than CURRENT's; null: none. */
  readonly overlap:
    | (Judged & {
        /** Its number is above CURRENT's: an operator went back. */
        readonly isNewer: boolean;
        /** CURRENT is this product's own, so the issuer got its value last. What somebody else stored may be the older one there. */
        readonly isOrderKnown: boolean;
        /** It is not known since when CURRENT is CURRENT, and that matters. */
        readonly isSinceUnknown: boolean;
        /** The grace is over, or there is none. */
        readonly isDue: boolean;
        /** This call asked the issuer to forget it less than the landing bound ago. */
        readonly isRetiring: boolean;
        /** How often this call may still ask. */
        readonly left: number;
      })
    | null;
  /** The issuer may accept an older value beside CURRENT's. */
  readonly keepsOlder: boolean;
  /** Stored credentials with other values than CURRENT, PREVIOUS and PENDING, each value once, the newest first; null: not read yet. */
  readonly strays: readonly Judged[] | null;
  /** The issuer keeps two values until it is asked to forget one. */
  readonly isTwoSlot: boolean;
  /** Who may change what the issuer holds of this client: nobody has said so, this call, or another one. */
  readonly lease: "free" | "mine" | "others";
  /** The values stored when this call began are compromised. */
  readonly isCompromised: boolean;
  /** And that is not noted yet, although the issuer may accept one of them beside a newer one. */
  readonly isUnnoted: boolean;
}

/**
 * Whom a running overlap concerns: a retirement always, a rotation because it needs room for its value, a heal only once it is over or
 * where its end is not known. Only as long as CURRENT works, and never while a value is pending that the issuer may hold: where it says
 * that it holds two others, and takes both CURRENT and PREVIOUS, it does not.
 */
function concerns({ goal, isPaused, pending, current, overlap, isCompromised, isTwoSlot }: OverlapView): boolean {
  if (overlap === null || current.verdict !== "accepted") return false;
  // What ends by itself is ended early only where somebody asks for it. A retirement beside something pending has failed before.
  if (!isTwoSlot) return goal === "retire";
  const isOlder = overlap.isOrderKnown && !overlap.isNewer;
  if (pending !== null) return !isPaused && pending.verdict === "rejected" && pending.isOccupied && isOlder;
  if (goal === "retire") return true;
  if (goal === "heal") return !isPaused && isOlder && (overlap.isDue || overlap.isSinceUnknown);
  return current.isFirstSeen || isCompromised;
}

/** The second value, where its overlap concerns anybody. */
function concerning(view: OverlapView): OverlapView["overlap"] {
  return concerns(view) ? view.overlap : null;
}

/** The same, where the issuer accepts it. */
function running(view: OverlapView): OverlapView["overlap"] {
  const overlap = concerning(view);
  return overlap?.verdict === "accepted" ? overlap : null;
}

/**
 * Whether it matters that a value works which is neither CURRENT's nor PREVIOUS's: a retirement and the rotation of compromised values
 * end by saying that none does, and for a new value it may take the room. Only an administrator can end it.
 */
function minds({ goal, pending, current, keepsOlder, isCompromised }: OverlapView): boolean {
  if (!keepsOlder || current.verdict !== "accepted") return false;
  if (pending !== null) return pending.isLongOccupied;
  return goal === "retire" || (goal === "rotation" && isCompromised && !current.isFirstSeen);
}

function nextStray(view: OverlapView): Judged | undefined {
  return minds(view) ? view.strays?.find(({ verdict }) => verdict !== "rejected") : undefined;
}

/** Rows of the table for values of our own choosing, where the issuer keeps two of them. */
export const overlapRules: readonly Rule<OverlapView>[] = [
  {
    row: "c7",
    state: "two-slot: PREVIOUS's verdict not asked",
    action: "log in with it",
    when: (view) => concerning(view)?.verdict === "not-asked",
    decide: ({ overlap }) => logInWith(numberOf(overlap), "verify-pending"),
  },
  {
    row: "c0",
    state: "two-slot: PREVIOUS unknown",
    action: "wait, look again; a heal: done",
    when: (view) => concerning(view)?.verdict === "unknown",
    decide: ({ goal, current }) =>
      goal === "heal" ? { kind: "done", code: "NOTHING_TO_DO", versionNo: current.versionNo } : waitForVerdict,
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted, its number above CURRENT's",
    action: "promote it; a retirement: 409 RETIRE_NOT_SAFE",
    when: (view) => running(view)?.isNewer === true,
    decide: ({ goal, overlap }) =>
      goal === "retire"
        ? fail(
            "RETIRE_NOT_SAFE",
            "PREVIOUS is newer than CURRENT, and the issuer would forget CURRENT's value",
            "rotate",
          )
        : { kind: "promote", versionNo: numberOf(overlap) },
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted, and CURRENT was stored by somebody else",
    action: "409 RETIRE_NOT_SAFE",
    when: (view) => running(view)?.isOrderKnown === false,
    decide: () =>
      fail(
        "RETIRE_NOT_SAFE",
        "CURRENT was stored by somebody else, so it is not known which of two values the issuer would forget",
        "as an administrator of the issuer set the client's secret to CURRENT's value alone, then send this again",
      ),
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted, not known since when CURRENT is CURRENT",
    action: "note that it is now, look again",
    when: (view) => running(view)?.isSinceUnknown === true,
    decide: () => ({ kind: "note-current" }),
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted, its grace not over",
    action: "409 GRACE_RUNNING",
    when: (view) => running(view)?.isDue === false,
    decide: ({ overlap }) => fail("GRACE_RUNNING", `the issuer still accepts PREVIOUS (version ${numberOf(overlap)})`),
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted and due, another run holds the lease",
    action: "wait, look again; a heal: done",
    when: (view) => running(view) !== null && view.lease === "others",
    decide: ({ goal, current }) =>
      goal === "heal"
        ? { kind: "done", code: "NOTHING_TO_DO", versionNo: current.versionNo }
        : { kind: "wait", until: "claim" },
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted within L of being retired by this call",
    action: "wait, look again",
    when: (view) => running(view)?.isRetiring === true,
    decide: () => ({ kind: "wait", until: "landed" }),
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted and due, but this call has tried as often as it may",
    action: "409 RETIRE_NOT_SAFE",
    when: (view) => running(view)?.left === 0,
    decide: () =>
      fail(
        "RETIRE_NOT_SAFE",
        "the issuer still accepts the older client secret after it was asked to forget it",
        "look whether the client holds a secret that Vault does not know, set it to CURRENT's value alone, then run heal",
      ),
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted and due, the lease free",
    action: "take the lease, look again",
    when: (view) => running(view) !== null && view.lease === "free",
    decide: () => ({ kind: "take-lease" }),
  },
  {
    row: "c7",
    state: "two-slot: PREVIOUS accepted and due, the lease mine",
    action: "have the issuer forget it, look again",
    when: (view) => running(view) !== null,
    decide: ({ overlap }) => ({ kind: "retire", versionNo: numberOf(overlap) }),
  },
  {
    row: "c7",
    state: "no value may work beside CURRENT's, or there is no room for a new one: the other versions not read",
    action: "read them",
    when: (view) => minds(view) && view.strays === null,
    decide: () => ({ kind: "read-others" }),
  },
  {
    row: "c7",
    state: "the same, another stored credential not asked",
    action: "log in with it, the newest first",
    when: (view) => nextStray(view)?.verdict === "not-asked",
    decide: (view) => logInWith(numberOf(nextStray(view)), "verify-pending"),
  },
  {
    row: "c0",
    state: "the same, another stored credential unknown",
    action: "wait, look again",
    when: (view) => nextStray(view)?.verdict === "unknown",
    decide: () => waitForVerdict,
  },
  {
    row: "c7",
    state: "the same, another stored credential accepted",
    action: "409 RETIRE_NOT_SAFE, naming it",
    when: (view) => nextStray(view) !== undefined,
    decide: (view) =>
      fail(
        "RETIRE_NOT_SAFE",
        `the issuer still accepts the client secret of version ${numberOf(nextStray(view))}, which is neither CURRENT nor PREVIOUS`,
        "as an administrator of the issuer set the client's secret to CURRENT's value alone, then run heal",
      ),
  },
  {
    row: "c5",
    state: "a retirement, and no second value works",
    action: "done",
    when: ({ goal, current }) => goal === "retire" && current.verdict === "accepted",
    decide: ({ current }) => ({ kind: "done", code: "NOTHING_TO_DO", versionNo: current.versionNo }),
  },
];
