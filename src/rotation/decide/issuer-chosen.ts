import {
  type Action,
  claimLive,
  fail,
  finishWith,
  firstFitting,
  type Judged,
  logInWith,
  numberOf,
  type Rule,
  type View,
  waitForVerdict,
} from "./decide.ts";
import { handRules } from "./hand.ts";

/** A heal that meets another run at work leaves it alone at once; everyone else waits for the verdict. */
function awaitVerdict(view: View): Action {
  return view.goal === "heal" && view.claim.isLive ? claimLive(view.claim.unknownMarkNo) : waitForVerdict;
}

function accepted(judged: Judged | null): boolean {
  return judged?.verdict === "accepted";
}

function isGoodAndSettled({ current, mint }: View): boolean {
  return accepted(current) && mint.isSettled;
}

function canMintNow({ claim }: View): boolean {
  return claim.isMine && claim.isFresh;
}

/** CURRENT is dead, no mint is open and nobody else is at work. */
function isDead({ current }: View): boolean {
  return current.verdict === "rejected";
}

/** The first of the other credentials that is not known to be refused. */
function nextOther(view: View) {
  return view.others?.find(({ verdict }) => verdict !== "rejected");
}

/** While CURRENT is dead nothing is worth more time without it, and a mint may have been sent before. */
function lacks({ current, claim }: View, unproven: View["claim"]["unproven"]): boolean {
  return claim.isMine && claim.isFresh && accepted(current) && claim.unproven === unproven;
}

const prepareOrClaim = (view: View): Action => (view.isPrepared ? { kind: "claim" } : { kind: "prepare" });

/** The decide table where the issuer chooses the value; rows as in the protocol. */
export const issuerChosenRules: readonly Rule<View>[] = [
  {
    row: "0",
    state: "the secret is UPDATING",
    action: "wait, look again",
    when: ({ isUpdating }) => isUpdating,
    decide: () => ({ kind: "wait", until: "active" }),
  },
  ...handRules,
  {
    row: "4",
    state: "CREATE, PENDING minted and stored by this call, both answered 200",
    action: "done with its number",
    when: ({ goal, pending }) => goal === "create" && pending !== null && pending.isOwn,
    decide: ({ goal, pending }) => finishWith(goal, numberOf(pending)),
  },
  {
    row: "4",
    state: "a PENDING credential, its verdict not asked",
    action: "log in with it",
    when: ({ pending }) => pending?.verdict === "not-asked",
    decide: ({ pending }) => logInWith(numberOf(pending), "verify-pending"),
  },
  {
    row: "3",
    state: "PENDING unknown, or rejected within L of being stored",
    action: "wait, look again; a heal while another's claim is live: 503",
    when: ({ pending }) => pending?.verdict === "unknown",
    decide: awaitVerdict,
  },
  {
    row: "4",
    state: "PENDING accepted",
    action: "CREATE: done with its number; else promote it",
    when: ({ pending }) => accepted(pending),
    decide: ({ goal, pending }) => finishWith(goal, numberOf(pending)),
  },
  {
    row: "3",
    state: "CURRENT's verdict not asked",
    action: "log in with it",
    when: ({ current }) => current.verdict === "not-asked",
    decide: ({ current }) => logInWith(current.versionNo, "verify-current"),
  },
  {
    row: "3",
    state: "CURRENT unknown, or rejected within L of being stored",
    action: "wait, look again; a heal while another's claim is live: 503",
    when: ({ current }) => current.verdict === "unknown",
    decide: awaitVerdict,
  },
  {
    row: "4a",
    state:
      "CURRENT accepted but a claim, not mine and not live, no mint of mine unsettled, a credential holds the same value",
    action: "promote the newest such credential",
    when: (view) =>
      isGoodAndSettled(view) &&
      view.current.isClaim &&
      view.current.twinNo !== null &&
      !view.claim.isLive &&
      !view.claim.isMine,
    decide: ({ current }) => ({ kind: "promote", versionNo: current.twinNo ?? 0 }),
  },
  {
    row: "5",
    state: "CURRENT accepted, a heal, no mint of mine unsettled",
    action: "done",
    when: (view) => isGoodAndSettled(view) && view.goal === "heal",
    decide: ({ current }) => ({ kind: "done", code: "NOTHING_TO_DO", versionNo: current.versionNo }),
  },
  {
    row: "6",
    state: "CURRENT accepted, its value not the one first seen, no mint of mine unsettled",
    action: "done: already rotated",
    when: (view) => isGoodAndSettled(view) && !view.current.isFirstSeen,
    decide: ({ current }) => ({ kind: "done", code: "ALREADY_ROTATED", versionNo: current.versionNo }),
  },
  {
    row: "7",
    state: "another's claim is live",
    action: "wait, look again; a heal: 503",
    when: ({ claim }) => claim.isLive,
    decide: ({ goal, claim }) => (goal === "heal" ? claimLive(claim.unknownMarkNo) : { kind: "wait", until: "claim" }),
  },
  {
    row: "8",
    state: "a mint of mine is unsettled",
    action: "wait until it has landed or never will, look again",
    when: ({ mint }) => !mint.isSettled,
    decide: () => ({ kind: "wait", until: "landed" }),
  },
  {
    row: "11",
    state: "CURRENT rejected, the other versions not read",
    action: "read them, and look up second authorities",
    when: (view) => isDead(view) && view.others === null,
    decide: () => ({ kind: "read-others" }),
  },
  {
    row: "11",
    state: "CURRENT rejected, another stored credential not asked",
    action: "log in with it, the newest first",
    when: (view) => isDead(view) && nextOther(view)?.verdict === "not-asked",
    decide: (view) => logInWith(numberOf(nextOther(view)), "verify-pending"),
  },
  {
    row: "3",
    state: "CURRENT rejected, another stored credential unknown",
    action: "wait, look again",
    when: (view) => isDead(view) && nextOther(view)?.verdict === "unknown",
    decide: awaitVerdict,
  },
  {
    row: "11",
    state: "CURRENT rejected, another stored credential accepted",
    action: "promote it by number; if Vault refuses that, it becomes the value in hand",
    when: (view) => isDead(view) && nextOther(view) !== undefined,
    decide: (view) => {
      const other = nextOther(view);
      const kind = other?.isPromotable ? "promote" : "take";
      return { kind, versionNo: numberOf(other) };
    },
  },
  {
    row: "12",
    state: "CURRENT rejected, a living token or a second authority, the issuer not yet asked for the value",
    action: "read it back; accepted: it becomes the value in hand",
    when: (view) => isDead(view) && view.mayReadBack,
    decide: () => ({ kind: "read-back" }),
  },
  {
    row: "3",
    state: "CURRENT rejected for the first time, neither a living token nor a second authority",
    action: "wait, look again",
    when: (view) => isDead(view) && !view.hasAuthority && !view.current.isSurelyDead,
    decide: awaitVerdict,
  },
  {
    row: "15",
    state: "CURRENT rejected, neither a living token nor a second authority",
    action: "400 LOCKED_OUT",
    when: (view) => isDead(view) && !view.hasAuthority,
    decide: () => fail("LOCKED_OUT", "the issuer refuses CURRENT and no way back exists"),
  },
  {
    row: "14",
    state: "this call's mints are spent",
    action: "503",
    when: ({ mint }) => mint.left === 0,
    decide: () =>
      fail(
        "VERDICT_UNKNOWN",
        "regenerating was tried as often as one call may",
        "run heal in a few minutes: until then the issuer may refuse CURRENT",
      ),
  },
  {
    row: "10",
    state: "a mint is next, and OROT_PAUSED is on",
    action: "409 PAUSED",
    when: ({ isPaused }) => isPaused,
    decide: () => fail("PAUSED", "a new client secret would be made now, and OROT_PAUSED is on"),
  },
  {
    row: "9a",
    state:
      "CURRENT accepted, my claim as in row 9, room for more, not known whether Vault takes a second PENDING version",
    action: "write the claim once more as PENDING, look again",
    when: (view) => lacks(view, "trial"),
    decide: () => ({ kind: "try-pending" }),
  },
  {
    row: "9a",
    state: "CURRENT accepted, my claim as in row 9, Vault has taken a second PENDING version, which is noted nowhere",
    action: "note it, look again",
    when: (view) => lacks(view, "note"),
    decide: () => ({ kind: "note-pending" }),
  },
  {
    row: "9a",
    state: "CURRENT accepted, my claim as in row 9 and PENDING, and Vault takes no second PENDING version",
    action: "as row 10: the claim goes where the value will go, to CURRENT",
    when: (view) => lacks(view, "current"),
    decide: prepareOrClaim,
  },
  {
    row: "9, 13",
    state: "my claim is the highest version and within its time",
    action: "mint",
    when: canMintNow,
    decide: () => ({ kind: "mint" }),
  },
  {
    row: "10, 13",
    state: "otherwise",
    action: "preflight, then write a claim that carries the token, look again",
    when: () => true,
    decide: prepareOrClaim,
  },
];

/** The next action where the issuer chooses the value: CREATE_PENDING_VERSION, a whole rotation, a heal. Pure. */
export function decideIssuerChosen(view: View): Action {
  return firstFitting(issuerChosenRules, view);
}
