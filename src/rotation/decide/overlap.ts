import { fail, waitForVerdict } from "./decide.ts";
import { accepts, ask, done, type Rule, refuses, setAlone, wait, weMake } from "./rule.ts";
import type { CallerPending, CallerState } from "./state.ts";

/**
 * Whether this task must deal with the overlap. Retire: always. Rotation: yes, it needs the slot. Heal: only if the
 * grace is over or has no recorded start. Never if CURRENT is refused, or while the issuer may hold the pending value;
 * it cannot hold it if it reports two others and accepts both CURRENT and PREVIOUS.
 */
function concerns({ goal, isPaused, pending, current, overlap, compromised, keeps }: CallerState): boolean {
  if (overlap === null || !accepts(current)) return false;
  const isOlder = overlap.order === "older";
  // An overlap that ends by itself is ended early only if an operator asks, or once its users have said that they need
  // it no more. A retirement while something is pending has failed in an earlier row.
  if (keeps !== "two-slot") {
    return goal === "retire" || (goal === "heal" && !isPaused && pending === null && isOlder && overlap.endsEarly);
  }
  if (pending !== null) return !isPaused && refuses(pending) && hasNoRoom(pending) && isOlder;
  if (goal === "retire") return true;
  if (goal === "heal") return !isPaused && isOlder && overlap.grace !== "running";
  return current.holds === "start-value" || compromised !== "no";
}

const hasNoRoom = ({ phase }: CallerPending): boolean => phase === "no-room" || phase === "no-room-for-long";

/** The second value, if this task must deal with its overlap. */
const concerning = (s: CallerState) => (concerns(s) ? s.overlap : null);

/** The same, if the issuer accepts it. */
function running(s: CallerState): CallerState["overlap"] {
  const overlap = concerning(s);
  return accepts(overlap) ? overlap : null;
}

/**
 * Whether a working value that is neither CURRENT's nor PREVIOUS's matters. A retirement and a rotation of compromised
 * values promise that none works. For a new value it may take the room. Only an administrator can end it.
 */
function minds({ goal, pending, current, keeps, compromised, unstored }: CallerState): boolean {
  // What is to end every other value need not know them.
  if (keeps === "none" || !accepts(current) || unstored === "to-end") return false;
  if (pending !== null) return pending.phase === "no-room-for-long";
  return goal === "retire" || (goal === "rotation" && compromised !== "no" && current.holds === "new-value");
}

const nextUnexpected = (s: CallerState) =>
  minds(s) ? s.unexpected?.find((unexpected) => !refuses(unexpected)) : undefined;

/** CURRENT, if this call is to have the issuer keep its value alone. */
const ending = ({ goal, current, unstored }: CallerState) =>
  goal === "retire" && unstored === "to-end" && accepts(current) ? current : null;

/** May the issuer accept a second value alongside CURRENT's, and which run may end that? */
export const overlapRules: readonly Rule[] = [
  weMake({
    id: "O1",
    state: "PREVIOUS's verdict not asked",
    action: "log in with it",
    decide: (s) => ask(concerning(s), "verify-pending"),
  }),
  weMake({
    id: "O2",
    state: "PREVIOUS unknown",
    action: "wait, look again; a heal: done",
    decide: (s) => {
      if (concerning(s)?.verdict !== "unknown") return null;
      return s.goal === "heal" ? done("NOTHING_TO_DO", s.current) : waitForVerdict;
    },
  }),
  weMake({
    id: "O3",
    state: "PREVIOUS accepted, its number above CURRENT's",
    action: "promote it; a retirement: 409 RETIRE_NOT_SAFE",
    decide: (s) => {
      const overlap = running(s);
      if (overlap?.order !== "newer") return null;
      const what = "PREVIOUS is newer than CURRENT, and the issuer would delete CURRENT's value";
      return s.goal === "retire"
        ? fail("RETIRE_NOT_SAFE", what, "rotate")
        : { kind: "promote", versionNo: overlap.versionNo };
    },
  }),
  weMake({
    id: "O4",
    state: "PREVIOUS accepted, and CURRENT was stored by someone else",
    action: "409 RETIRE_NOT_SAFE",
    decide: (s) => {
      if (running(s)?.order !== "unknown") return null;
      const what =
        "CURRENT was stored by someone else, so it is not known which of the two values the issuer would delete";
      return fail("RETIRE_NOT_SAFE", what, setAlone("send this again"));
    },
  }),
  weMake({
    id: "O5",
    state: "PREVIOUS accepted, not noted when CURRENT became CURRENT",
    action: "note now as that time, look again",
    decide: (s) => (running(s)?.grace === "unknown-start" ? { kind: "note-current" } : null),
  }),
  weMake({
    id: "O6",
    state: "PREVIOUS accepted, its grace not over",
    action: "409 GRACE_RUNNING",
    decide: (s) => {
      const overlap = running(s);
      return overlap?.grace === "running"
        ? fail("GRACE_RUNNING", `the issuer still accepts PREVIOUS (version ${overlap.versionNo})`)
        : null;
    },
  }),
  weMake({
    id: "O7",
    state: "PREVIOUS accepted and due, another run holds the lease",
    action: "wait, look again; a heal: done",
    decide: (s) => {
      if (running(s) === null || s.lease !== "others") return null;
      return s.goal === "heal" ? done("NOTHING_TO_DO", s.current) : wait("claim");
    },
  }),
  weMake({
    id: "O8",
    state: "PREVIOUS accepted within L of being retired by this call",
    action: "wait, look again",
    decide: (s) => (running(s) !== null && s.inFlight === "retire" ? wait("landed") : null),
  }),
  weMake({
    id: "O9",
    state: "PREVIOUS accepted and due, but this call's retirements are spent",
    action: "409 RETIRE_NOT_SAFE",
    decide: (s) =>
      running(s) !== null && s.left.retires === 0
        ? fail(
            "RETIRE_NOT_SAFE",
            "the issuer still accepts the older client secret after it was asked to delete it",
            "check whether the client holds a secret that Vault does not know, set CURRENT's value as its only secret, then run heal",
          )
        : null,
  }),
  weMake({
    id: "O10",
    state: "PREVIOUS accepted and due, the lease free",
    action: "take the lease, look again",
    decide: (s) => (running(s) !== null && s.lease === "free" ? { kind: "take-lease" } : null),
  }),
  weMake({
    id: "O11",
    state: "PREVIOUS accepted and due, the lease mine",
    action: "have the issuer delete it, look again",
    decide: (s) => {
      const overlap = running(s);
      return overlap === null ? null : { kind: "retire", versionNo: overlap.versionNo };
    },
  }),
  weMake({
    id: "O12",
    state: "only CURRENT's value may work, or a new one has no room: the other versions not read",
    action: "read them",
    decide: (s) => (minds(s) && s.unexpected === null ? { kind: "read-others" } : null),
  }),
  weMake({
    id: "O13",
    state: "the same, another stored credential not asked",
    action: "log in with it, the newest first",
    decide: (s) => ask(nextUnexpected(s), "verify-pending"),
  }),
  weMake({
    id: "O14",
    state: "the same, another stored credential unknown",
    action: "wait, look again",
    decide: (s) => (nextUnexpected(s)?.verdict === "unknown" ? waitForVerdict : null),
  }),
  weMake({
    id: "O15",
    state: "the same, another stored credential accepted",
    action: "409 RETIRE_NOT_SAFE, naming it",
    decide: (s) => {
      const unexpected = nextUnexpected(s);
      if (unexpected === undefined) return null;
      const what = `the issuer still accepts the client secret of version ${unexpected.versionNo}, which is neither CURRENT nor PREVIOUS`;
      return fail("RETIRE_NOT_SAFE", what, setAlone("run heal"));
    },
  }),
  weMake({
    id: "O16",
    state: "an explicit request to retire values that no version holds, and another run holds the lease",
    action: "wait, look again",
    decide: (s) => (ending(s) !== null && s.lease === "others" ? wait("claim") : null),
  }),
  weMake({
    id: "O17",
    state: "the same, and the last request for it may still land",
    action: "wait, look again",
    decide: (s) => (ending(s) !== null && s.inFlight === "retire" ? wait("landed") : null),
  }),
  weMake({
    id: "O18",
    state: "the same, and this call's retirements are spent",
    action: "503 ISSUER_UNAVAILABLE",
    decide: (s) =>
      ending(s) !== null && s.left.retires === 0
        ? fail("ISSUER_UNAVAILABLE", "the issuer did not answer any request to keep CURRENT's value alone")
        : null,
  }),
  weMake({
    id: "O19",
    state: "the same, the lease free",
    action: "take the lease, look again",
    decide: (s) => (ending(s) !== null && s.lease === "free" ? { kind: "take-lease" } : null),
  }),
  weMake({
    id: "O20",
    state: "the same, the lease mine",
    action: "have the issuer keep CURRENT's value alone, look again",
    decide: (s) => {
      const current = ending(s);
      return current === null ? null : { kind: "keep-alone", versionNo: current.versionNo };
    },
  }),
  weMake({
    id: "O21",
    state: "a retirement, and the issuer may hold a value that no version holds",
    action: "409 RETIRE_NOT_SAFE",
    decide: ({ goal, current, unstored }) =>
      goal === "retire" && accepts(current) && unstored === "possible"
        ? fail(
            "RETIRE_NOT_SAFE",
            "the issuer may still hold the value from before the adoption, and nobody knows who uses it",
            "once its holders use CURRENT, end it: oci-rotate retire --unknown",
          )
        : null,
  }),
  weMake({
    id: "O22",
    state: "a retirement, and no second value works",
    action: "done",
    decide: ({ goal, current }) => (goal === "retire" && accepts(current) ? done("NOTHING_TO_DO", current) : null),
  }),
];
