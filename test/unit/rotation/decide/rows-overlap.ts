import { type Candidate, logInWith } from "../../../../src/rotation/decide/decide.ts";
import type { CallerPending, CallerState } from "../../../../src/rotation/decide/state.ts";
import * as is from "./examples.ts";
import { baseCallerState } from "./states.ts";

const { good, refused, rotated } = is;
type Verdict = Candidate["verdict"];
type Common = Extract<CallerPending, { origin: "this-call-before" | "known-writer" }>;

/** PENDING, made by someone who knew CURRENT's value. */
export const pendingOf = (verdict: Verdict, phase: Common["phase"] = "stored"): Common => ({
  versionNo: 8,
  verdict,
  origin: "known-writer",
  phase,
});
/** PENDING, made by this call a while ago, and refused. */
export const made = (phase: Exclude<Common["phase"], "theirs">): CallerPending => ({
  ...pendingOf("rejected", phase),
  origin: "this-call-before",
});
export const untried: CallerPending = { versionNo: 8, verdict: "not-asked", origin: "this-call", phase: "untried" };
export const stranger = (verdict: Exclude<Verdict, "rejected">): CallerPending => ({
  versionNo: 8,
  verdict,
  origin: "stranger",
  phase: "stored",
});
export const left = (changes: Partial<CallerState["left"]>) => ({ ...baseCallerState.left, ...changes });

const twoSlot = { keeps: "two-slot" } as const;
/** PREVIOUS, version 6: the older value, whose grace is over. */
const previous = (verdict: Verdict, changes: Partial<NonNullable<CallerState["overlap"]>> = {}) => ({
  ...twoSlot,
  overlap: { versionNo: 6, verdict, order: "older", grace: "over", endsEarly: false, ...changes } as const,
});
const works = (changes: Partial<NonNullable<CallerState["overlap"]>> = {}) => previous("accepted", changes);
/** The same if the issuer ends its value by itself: as good as over, since it has no grace of ours. */
const timed = (verdict: Verdict, changes: Parameters<typeof previous>[1] = {}) =>
  ({ ...previous(verdict, changes), keeps: "timed", unexpected: [] }) as const;
/** And its users have acknowledged CURRENT. */
const unneeded = (verdict: Verdict, changes: Parameters<typeof previous>[1] = {}) =>
  timed(verdict, { endsEarly: true, ...changes });
/** Versions 5, 4 and so on, with other values than CURRENT and PREVIOUS. */
const unexpected = (...verdicts: readonly Verdict[]) => ({
  ...twoSlot,
  unexpected: verdicts.map((verdict, index) => ({ versionNo: 5 - index, verdict })),
});
const noRoom = { pending: pendingOf("rejected", "no-room"), current: good };
const noRoomForLong = { pending: pendingOf("rejected", "no-room-for-long"), current: good };
const compromised = { ...twoSlot, compromised: "noted" } as const;
const retirement = { goal: "retire", current: good } as const;
const ending = { ...retirement, keeps: "two-slot", unexpected: [], unstored: "to-end" } as const;
const heal = { goal: "heal", current: good } as const;
const takeLease = { kind: "take-lease" } as const;
const retire = { kind: "retire", versionNo: 6 } as const;
const install = { kind: "install", versionNo: 8 } as const;
const graceRunning = is.fails("GRACE_RUNNING", "the issuer still accepts PREVIOUS (version 6)");
const setAlone = "as an administrator of the issuer, set CURRENT's value as the client's only secret, then";
const unsafe = (what: string, nextAction: string) => is.fails("RETIRE_NOT_SAFE", what, nextAction);

/** Rows on a second value that still works, on retirements, and on PENDING if the issuer keeps two values. */
export const overlapExamples: is.Examples<CallerState> = {
  "P1: a retirement never runs while something is pending, no matter who ends PREVIOUS": [
    { ...timed("accepted"), ...retirement, pending: pendingOf("rejected"), lease: "mine" },
    unsafe("version 8 is pending", "run heal first"),
  ],
  "P2: that the values in use are compromised is noted before anything else": [
    { ...twoSlot, compromised: "unnoted", pending: pendingOf("accepted"), current: good },
    { kind: "note-no-grace" },
  ],
  "P7: a pending value that the issuer accepts needs no room, and an overlap does not matter beside it": [
    { ...works(), pending: pendingOf("accepted", "no-room"), current: good, lease: "mine" },
    is.promote(8),
  ],
  "O1: a rotation asks whether PREVIOUS still works, since it needs its room": [
    { ...previous("not-asked"), current: good },
    logInWith(6, "verify-pending"),
  ],
  "O1: a retirement asks whether PREVIOUS still works, whatever was first seen": [
    { ...previous("not-asked", { grace: "running" }), goal: "retire", current: rotated },
    logInWith(6, "verify-pending"),
  ],
  "O1: a heal asks if the end of its grace is not known": [
    { ...previous("not-asked", { grace: "unknown-start" }), ...heal },
    logInWith(6, "verify-pending"),
  ],
  "O1: PREVIOUS is asked if the issuer has no room for a pending value": [
    { ...previous("not-asked"), ...noRoom },
    logInWith(6, "verify-pending"),
  ],
  "O1: a retirement asks whether a PREVIOUS that ends by itself still works": [
    { ...timed("not-asked"), ...retirement },
    logInWith(6, "verify-pending"),
  ],
  "O2: an unknown verdict is waited for": [{ ...previous("unknown"), current: good }, is.waitFor("verdict")],
  "O2: an unknown verdict is left by a heal": [{ ...previous("unknown"), ...heal }, is.nothingToDo],
  "O3: PREVIOUS that works and is newer than CURRENT is promoted again by a rotation": [
    { ...works({ order: "newer" }), current: good },
    is.promote(6),
  ],
  "O3: it is never retired: the issuer would delete CURRENT's value": [
    { ...works({ order: "newer" }), ...retirement },
    unsafe("PREVIOUS is newer than CURRENT, and the issuer would delete CURRENT's value", "rotate"),
  ],
  "O4: a CURRENT that someone else stored may be what the issuer would delete": [
    { ...works({ order: "unknown" }), current: good, lease: "mine" },
    unsafe(
      "CURRENT was stored by someone else, so it is not known which of the two values the issuer would delete",
      `${setAlone} send this again`,
    ),
  ],
  "O5: the grace begins now if its beginning was not noted": [
    { ...works({ grace: "unknown-start" }), current: good },
    { kind: "note-current" },
  ],
  "O6: a rotation never cuts a grace short": [{ ...works({ grace: "running" }), current: good }, graceRunning],
  "O6: a retirement never cuts a grace short": [{ ...works({ grace: "running" }), ...retirement }, graceRunning],
  "O7: another run's lease is waited for before anything is retired": [
    { ...works(), ...retirement, lease: "others" },
    is.waitFor("claim"),
  ],
  "O7: another run's lease ends a heal": [{ ...works(), ...heal, lease: "others" }, is.nothingToDo],
  "O8: what this call has just asked the issuer to delete is given time": [
    { ...works(), ...retirement, lease: "mine", inFlight: "retire" },
    is.waitFor("landed"),
  ],
  "O9: the issuer is not asked forever to delete a value that it still accepts": [
    { ...works(), ...retirement, lease: "mine", left: left({ retires: 0 }) },
    unsafe(
      "the issuer still accepts the older client secret after it was asked to delete it",
      "check whether the client holds a secret that Vault does not know, set CURRENT's value as its only secret, then run heal",
    ),
  ],
  "O10: a value is retired under a lease": [{ ...works(), ...heal }, takeLease],
  "O11: under its own lease this call has PREVIOUS's value deleted": [
    { ...works(), ...retirement, lease: "mine" },
    retire,
  ],
  "O11: PREVIOUS is retired if the issuer has no room for a pending value, also by a heal": [
    { ...works(), ...noRoom, ...heal, lease: "mine" },
    retire,
  ],
  "O11: after the promote the rotation of a compromised value goes on until the old one is deleted": [
    { ...works(), ...compromised, current: rotated, lease: "mine" },
    retire,
  ],
  "O11: a retirement ends a PREVIOUS early that would end by itself": [
    { ...timed("accepted"), ...retirement, lease: "mine" },
    retire,
  ],
  "O12: a retirement looks for older values that work before it says that none does": [
    { ...twoSlot, ...retirement },
    { kind: "read-others" },
  ],
  "O12: the rotation of a compromised value looks for them at its end": [
    { ...compromised, current: rotated },
    { kind: "read-others" },
  ],
  "O12: so does a call that has found no room for long": [{ ...twoSlot, ...noRoomForLong }, { kind: "read-others" }],
  "O13: an older value is logged in with, the newest first, past those that are refused": [
    { ...retirement, ...unexpected("rejected", "not-asked") },
    logInWith(4, "verify-pending"),
  ],
  "O14: one of unknown verdict is waited for": [{ ...retirement, ...unexpected("unknown") }, is.waitFor("verdict")],
  "O15: an older value that works is reported with the way out": [
    { ...retirement, ...unexpected("rejected", "accepted") },
    unsafe(
      "the issuer still accepts the client secret of version 4, which is neither CURRENT nor PREVIOUS",
      `${setAlone} run heal`,
    ),
  ],
  "O16: what no version holds is not ended while another run may change what the issuer holds": [
    { ...ending, lease: "others" },
    is.waitFor("claim"),
  ],
  "O17: a request for it that may still land is waited for": [{ ...ending, inFlight: "retire" }, is.waitFor("landed")],
  "O18: an issuer that answers none of them is reported": [
    { ...ending, lease: "mine", left: { installs: 2, values: 2, retires: 0 } },
    { kind: "fail", code: "ISSUER_UNAVAILABLE" },
  ],
  "O19: it is ended under the lease alone": [ending, { kind: "take-lease" }],
  "O20: an operator's express word ends it, whatever older versions hold": [
    { ...ending, ...unexpected("accepted"), unstored: "to-end", lease: "mine" },
    { kind: "keep-alone", versionNo: 7 },
  ],
  "O21: a retirement alone does not end what nobody knows the holders of": [
    { ...retirement, unexpected: [], keeps: "two-slot", unstored: "possible" },
    unsafe(
      "the issuer may still hold the value from before the adoption, and nobody knows who uses it",
      "once its holders use CURRENT, end it: oci-rotate retire --unknown",
    ),
  ],
  "O22: a retirement ends if PREVIOUS is refused": [
    { ...previous("rejected"), ...retirement, unexpected: [] },
    is.nothingToDo,
  ],
  "O22: a retirement ends where all are refused": [{ ...retirement, ...unexpected("rejected") }, is.nothingToDo],
  "I1: what another run may be installing under its lease is waited for by a rotation": [
    { ...twoSlot, pending: pendingOf("rejected"), current: good, lease: "others" },
    is.waitFor("claim"),
  ],
  "I1: what another run may be installing under its lease ends a heal at once": [
    { ...twoSlot, ...heal, pending: pendingOf("rejected"), lease: "others" },
    is.fails("CLAIM_LIVE", "another run is installing the PENDING version"),
  ],
  "I2: a third value that no version holds is in the way, and only an operator can remove it": [
    { ...noRoomForLong, ...unexpected() },
    unsafe(
      "the client holds two secrets at the issuer, and one of them is in no version of the secret",
      `${setAlone} run heal`,
    ),
  ],
  "I3: a third value that may be on its way out is given time": [{ ...twoSlot, ...noRoom }, is.waitFor("landed")],
  "I3: for a pending value nothing is retired beside a CURRENT that someone else stored": [
    { ...works({ order: "unknown" }), ...noRoom, lease: "mine" },
    is.waitFor("landed"),
  ],
  "I3: paused, PREVIOUS is not retired for a pending value": [
    { ...works(), ...noRoom, isPaused: true, lease: "mine" },
    is.waitFor("landed"),
  ],
  "I7: another call's value is installed under a lease of this call's own": [
    { ...twoSlot, pending: pendingOf("rejected"), current: good },
    takeLease,
  ],
  "I8: under its own lease this call installs another's value": [
    { ...twoSlot, pending: pendingOf("rejected"), current: good, lease: "mine" },
    install,
  ],
  "I8: this call's own value needs no lease, and an overlap does not keep it from being installed": [
    { ...works(), pending: untried, current: good },
    install,
  ],
  "I8: if the issuer keeps one value another run's lease does not matter": [
    { pending: pendingOf("rejected"), current: good, lease: "others" },
    install,
  ],
  "I8: a CURRENT refused for as long as L does not hold up the value that would end it": [
    { keeps: "timed", pending: made("stored"), current: is.dead, authority: "may-install" },
    install,
  ],
  "I8: if the issuer has room for both, nothing is lost by a refusal of CURRENT": [
    { ...twoSlot, pending: made("stored"), current: refused, authority: "may-install", lease: "mine" },
    install,
  ],
  "D1: a heal leaves a grace that runs": [{ ...works({ grace: "running" }), ...heal }, is.nothingToDo],
  "D1: a heal leaves an overlap if an operator went back": [{ ...works({ order: "newer" }), ...heal }, is.nothingToDo],
  "D1: a heal leaves every overlap while paused": [{ ...works(), ...heal, isPaused: true }, is.nothingToDo],
  "D1: a heal leaves a PREVIOUS that ends by itself": [{ ...timed("not-asked"), ...heal }, is.nothingToDo],
  "O1: a heal asks for one that nobody needs any more": [
    { ...unneeded("not-asked"), ...heal },
    logInWith(6, "verify-pending"),
  ],
  "O11: and has the issuer delete it": [{ ...unneeded("accepted"), ...heal, lease: "mine" }, retire],
  "D1: but not while rotations are paused": [{ ...unneeded("accepted"), ...heal, isPaused: true }, is.nothingToDo],
  "D1: nor after a rollback": [{ ...unneeded("accepted", { order: "newer" }), ...heal }, is.nothingToDo],
  "D1: nor one that somebody else stored over": [
    { ...unneeded("accepted", { order: "unknown" }), ...heal },
    is.nothingToDo,
  ],
  "D1: a heal looks for no older values, compromised or not": [
    { ...compromised, goal: "heal", current: rotated },
    is.nothingToDo,
  ],
  "D2: another's rotation is one although its overlap runs": [{ ...works(), current: rotated }, is.alreadyRotated],
  "D2: CREATE leaves the look for older values to the end of the rotation": [
    { ...compromised, goal: "create", current: rotated },
    is.alreadyRotated,
  ],
  "L3: a retirement does nothing for a client whose CURRENT is refused": [
    { ...twoSlot, goal: "retire", current: refused },
    unsafe("the issuer refuses CURRENT", "run heal first"),
  ],
  "L4: with CURRENT refused neither an overlap nor the lack of room for what cannot be installed matters": [
    { ...works(), ...noRoomForLong, current: refused, lease: "others" },
    is.waitFor("verdict"),
  ],
  "L4: if a new value would end CURRENT's, one refusal of CURRENT does not have it installed yet": [
    { keeps: "timed", pending: made("stored"), current: refused, authority: "may-install" },
    is.waitFor("verdict"),
  ],
  "N1: a new value is not made under another run's lease": [
    { ...twoSlot, current: good, lease: "others", isPrepared: true },
    is.waitFor("claim"),
  ],
  "N7: an overlap does not matter next to a pending value that policy refuses": [
    { ...works(), pending: pendingOf("rejected", "refused"), current: good, left: left({ values: 0 }) },
    is.fails("POLICY_REFUSED", "the issuer's policy refused every value that was tried"),
  ],
  "N9: if the issuer keeps one value a lease does not matter to a new one": [
    { current: good, lease: "others", isPrepared: true },
    { kind: "generate" },
  ],
  "N9: a rotation goes on once PREVIOUS is refused": [{ ...previous("rejected"), current: good }, { kind: "prepare" }],
  "N9: the rotation of a compromised value leaves a PREVIOUS that ends by itself": [
    { ...timed("not-asked"), compromised: "noted", current: good },
    { kind: "prepare" },
  ],
};
