import { type Candidate, logInWith } from "../../../../src/rotation/decide/decide.ts";
import type { CallerState } from "../../../../src/rotation/decide/state.ts";
import { type CallerCase, good, refused, waitFor } from "./caller-states.ts";

type Verdict = Candidate["verdict"];
const twoSlot = { isTwoSlot: true } as const;
/** PREVIOUS, version 6: it still works, its grace is over, and nobody has asked the issuer to delete it. */
export const overlap = (changes: Partial<NonNullable<CallerState["overlap"]>> = {}) => ({
  ...twoSlot,
  overlap: {
    versionNo: 6,
    verdict: "accepted" as const,
    isNewer: false,
    isOrderKnown: true,
    isSinceUnknown: false,
    isDue: true,
    isRetiring: false,
    left: 3,
    ...changes,
  },
});
/** Versions 5, 4 and so on, with other values than CURRENT and PREVIOUS. */
const unexpected = (...verdicts: readonly Verdict[]) => ({
  keepsOlder: true,
  unexpected: verdicts.map((verdict, index) => ({ versionNo: 5 - index, verdict })),
});
const compromised = { ...twoSlot, keepsOlder: true, isCompromised: true } as const;
/** The issuer has no room for the pending value. */
const occupied = { isOccupied: true } as const;
const retirement = { goal: "retire", current: good } as const;
const heal = { goal: "heal", current: good } as const;
const nothingToDo = { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 } as const;

/** Rows on a second value that still works, and on retirements. */
export const overlapCases: readonly CallerCase[] = [
  [
    "O11",
    "after the promote the rotation of a compromised value goes on until the old one is deleted",
    { ...overlap(), isCompromised: true, current: { ...good, isUnchanged: false }, lease: "mine" },
    { kind: "retire", versionNo: 6 },
  ],
  [
    "O1",
    "a rotation asks whether PREVIOUS still works, since it needs its room",
    { ...overlap({ verdict: "not-asked" }), current: good },
    logInWith(6, "verify-pending"),
  ],
  [
    "O1",
    "a retirement asks whether PREVIOUS still works, whatever was first seen",
    { ...overlap({ verdict: "not-asked", isDue: false }), goal: "retire", current: { ...good, isUnchanged: false } },
    logInWith(6, "verify-pending"),
  ],
  [
    "O1",
    "a heal asks whether PREVIOUS still works once its grace is over",
    { ...overlap({ verdict: "not-asked" }), ...heal },
    logInWith(6, "verify-pending"),
  ],
  [
    "O1",
    "a heal asks whether PREVIOUS still works where the end of its grace is not known",
    { ...overlap({ verdict: "not-asked", isDue: false, isSinceUnknown: true }), ...heal },
    logInWith(6, "verify-pending"),
  ],
  ["D1", "a heal leaves a grace that runs", { ...overlap({ isDue: false }), ...heal }, nothingToDo],
  [
    "D1",
    "a heal leaves an overlap where an operator went back",
    { ...overlap({ isNewer: true }), ...heal },
    nothingToDo,
  ],
  ["D1", "a heal leaves every overlap while paused", { ...overlap(), ...heal, isPaused: true }, nothingToDo],
  [
    "D2",
    "another's rotation is one although its overlap runs",
    { ...overlap(), current: { ...good, isUnchanged: false } },
    { kind: "done", code: "ALREADY_ROTATED", versionNo: 7 },
  ],
  [
    "P7",
    "an overlap does not matter while a value is pending",
    { ...overlap(), pending: good, current: good },
    { kind: "promote", versionNo: 8 },
  ],
  [
    "I8",
    "an overlap does not keep a pending value from being installed",
    { ...overlap(), pending: { ...refused, isOwn: true }, current: good },
    { kind: "install", versionNo: 8 },
  ],
  [
    "N7",
    "an overlap does not matter beside a pending value that policy refuses",
    { ...overlap(), pending: { ...refused, isRefused: true }, current: good, left: { values: 0 } },
    { kind: "fail", code: "POLICY_REFUSED" },
  ],
  ["L4", "an overlap does not matter while CURRENT is refused", { ...overlap(), current: refused }, waitFor("verdict")],

  [
    "O1",
    "PREVIOUS is asked where the issuer has no room for a pending value",
    { ...overlap({ verdict: "not-asked" }), pending: { ...refused, ...occupied }, current: good },
    logInWith(6, "verify-pending"),
  ],
  [
    "O11",
    "PREVIOUS is retired where the issuer has no room for a pending value, also by a heal",
    { ...overlap(), pending: { ...refused, ...occupied }, ...heal, lease: "mine" },
    { kind: "retire", versionNo: 6 },
  ],
  [
    "O4",
    "a CURRENT that somebody else stored may be what the issuer would delete: a retirement ends",
    { ...overlap({ isOrderKnown: false, isDue: false }), ...retirement },
    {
      kind: "fail",
      code: "RETIRE_NOT_SAFE",
      what: "CURRENT was stored by someone else, so it is not known which of the two values the issuer would delete",
      nextAction:
        "as an administrator of the issuer, set CURRENT's value as the client's only secret, then send this again",
    },
  ],
  [
    "O4",
    "a CURRENT that somebody else stored may be what the issuer would delete: a rotation ends",
    { ...overlap({ isOrderKnown: false }), current: good, lease: "mine" },
    { kind: "fail", code: "RETIRE_NOT_SAFE" },
  ],
  [
    "D1",
    "a heal leaves an overlap beside a CURRENT that somebody else stored",
    { ...overlap({ isOrderKnown: false }), ...heal, lease: "mine" },
    nothingToDo,
  ],
  [
    "I3",
    "for a pending value nothing is retired beside a CURRENT that somebody else stored",
    { ...overlap({ isOrderKnown: false }), pending: { ...refused, ...occupied }, current: good, lease: "mine" },
    waitFor("landed"),
  ],
  [
    "I3",
    "PREVIOUS that is newer than CURRENT is not retired for a pending value",
    { ...overlap({ isNewer: true }), pending: { ...refused, ...occupied }, current: good, lease: "mine" },
    waitFor("landed"),
  ],
  [
    "I3",
    "paused, PREVIOUS is not retired for a pending value",
    { ...overlap(), pending: { ...refused, ...occupied }, current: good, isPaused: true, lease: "mine" },
    waitFor("landed"),
  ],
  [
    "P7",
    "a pending value that the issuer accepts needs no room",
    { ...overlap(), pending: { ...good, ...occupied }, current: good, lease: "mine" },
    { kind: "promote", versionNo: 8 },
  ],

  [
    "O2",
    "an unknown verdict on PREVIOUS is waited for",
    { ...overlap({ verdict: "unknown" }), current: good },
    waitFor("verdict"),
  ],
  [
    "O2",
    "an unknown verdict on PREVIOUS is left by a heal",
    { ...overlap({ verdict: "unknown" }), ...heal },
    nothingToDo,
  ],
  [
    "O3",
    "PREVIOUS that works and is newer than CURRENT is promoted again by a rotation",
    { ...overlap({ isNewer: true }), current: good },
    { kind: "promote", versionNo: 6 },
  ],
  [
    "O3",
    "PREVIOUS that is newer than CURRENT is never retired: the issuer would delete CURRENT's value",
    { ...overlap({ isNewer: true }), ...retirement },
    {
      kind: "fail",
      code: "RETIRE_NOT_SAFE",
      what: "PREVIOUS is newer than CURRENT, and the issuer would delete CURRENT's value",
      nextAction: "rotate",
    },
  ],
  [
    "O5",
    "the grace begins now where nobody noted its beginning",
    { ...overlap({ isSinceUnknown: true, isDue: false }), current: good },
    { kind: "note-current" },
  ],
  [
    "O6",
    "a rotation never cuts a grace short",
    { ...overlap({ isDue: false }), current: good },
    { kind: "fail", code: "GRACE_RUNNING", what: "the issuer still accepts PREVIOUS (version 6)" },
  ],
  [
    "O6",
    "a retirement never cuts a grace short",
    { ...overlap({ isDue: false }), ...retirement },
    { kind: "fail", code: "GRACE_RUNNING" },
  ],
  [
    "O7",
    "another run's lease is waited for before anything is retired",
    { ...overlap(), ...retirement, lease: "others" },
    waitFor("claim"),
  ],
  ["O7", "another run's lease ends a heal", { ...overlap(), ...heal, lease: "others" }, nothingToDo],
  [
    "O8",
    "what this call has just asked the issuer to delete is given time",
    { ...overlap({ isRetiring: true }), ...retirement, lease: "mine" },
    waitFor("landed"),
  ],
  [
    "O9",
    "the issuer is not asked for ever to delete a value that it still accepts",
    { ...overlap({ left: 0 }), ...retirement, lease: "mine" },
    {
      kind: "fail",
      code: "RETIRE_NOT_SAFE",
      what: "the issuer still accepts the older client secret after it was asked to delete it",
      nextAction:
        "check whether the client holds a secret that Vault does not know, set CURRENT's value as its only secret, then run heal",
    },
  ],
  ["O10", "a value is retired under a lease", { ...overlap(), ...heal }, { kind: "take-lease" }],
  [
    "O11",
    "under its own lease this call has the issuer delete PREVIOUS's value",
    { ...overlap(), ...retirement, lease: "mine" },
    { kind: "retire", versionNo: 6 },
  ],
  [
    "N9",
    "a rotation goes on once PREVIOUS is refused",
    { ...overlap({ verdict: "rejected" }), current: good },
    { kind: "prepare" },
  ],
  [
    "O16",
    "a retirement ends where PREVIOUS is refused",
    { ...overlap({ verdict: "rejected" }), ...retirement },
    nothingToDo,
  ],
  ["O16", "a retirement ends where there is no second value", retirement, nothingToDo],
  [
    "O12",
    "a retirement looks for older values that work before it says that none does",
    { ...retirement, keepsOlder: true },
    { kind: "read-others" },
  ],
  [
    "O12",
    "the rotation of a compromised value looks for them at its end, and not before",
    { ...compromised, current: { ...good, isUnchanged: false } },
    { kind: "read-others" },
  ],
  ["N9", "before it has made a new value it does not", { ...compromised, current: good }, { kind: "prepare" }],
  [
    "O12",
    "where there has been no room for as long as L the other versions are read",
    { ...twoSlot, keepsOlder: true, pending: { ...refused, isOccupied: true, isLongOccupied: true }, current: good },
    { kind: "read-others" },
  ],
  [
    "I3",
    "where there is no room yet that is waited for first",
    { ...twoSlot, keepsOlder: true, pending: { ...refused, isOccupied: true }, current: good },
    waitFor("landed"),
  ],
  [
    "O13",
    "an older value is logged in with, the newest first, past those that are refused",
    { ...retirement, ...unexpected("rejected", "not-asked") },
    logInWith(4, "verify-pending"),
  ],
  [
    "O14",
    "an older value of unknown verdict is waited for",
    { ...retirement, ...unexpected("unknown") },
    waitFor("verdict"),
  ],
  [
    "O15",
    "an older value that works is reported with the way out",
    { ...retirement, ...unexpected("rejected", "accepted") },
    {
      kind: "fail",
      code: "RETIRE_NOT_SAFE",
      what: "the issuer still accepts the client secret of version 4, which is neither CURRENT nor PREVIOUS",
      nextAction: "as an administrator of the issuer, set CURRENT's value as the client's only secret, then run heal",
    },
  ],
  ["O16", "a retirement ends where all are refused", { ...retirement, ...unexpected("rejected") }, nothingToDo],
  [
    "L4",
    "where a new value would end CURRENT's, one refusal of CURRENT has it installed by nobody yet",
    { keepsOlder: true, pending: refused, current: refused, hasAuthority: true },
    waitFor("verdict"),
  ],
  [
    "I8",
    "a CURRENT refused for as long as L does not hold up the pending value",
    {
      keepsOlder: true,
      pending: { ...refused, isMade: true },
      current: { ...refused, isConfirmedDead: true },
      hasAuthority: true,
    },
    { kind: "install", versionNo: 8 },
  ],
  [
    "I8",
    "where the issuer has room for both, nothing is lost by a refusal of CURRENT",
    {
      ...twoSlot,
      keepsOlder: true,
      pending: { ...refused, isMade: true, isOwn: true },
      current: refused,
      hasAuthority: true,
    },
    { kind: "install", versionNo: 8 },
  ],
  ["D1", "a heal does not look for them", { ...heal, ...unexpected("accepted") }, nothingToDo],
  [
    "L3",
    "a retirement does nothing for a client whose CURRENT is refused",
    { goal: "retire", current: refused },
    { kind: "fail", code: "RETIRE_NOT_SAFE", what: "the issuer refuses CURRENT", nextAction: "run heal first" },
  ],
  [
    "N1",
    "a new value is not made under another run's lease",
    { ...twoSlot, current: good, lease: "others", isPrepared: true },
    waitFor("claim"),
  ],
  [
    "N9",
    "where the issuer keeps one value a lease does not matter to a new one",
    { current: good, lease: "others", isPrepared: true },
    { kind: "generate" },
  ],
];
