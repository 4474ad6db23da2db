import { fail, waitForVerdict } from "./decide.ts";
import {
  accepts,
  anotherInstalls,
  ask,
  finishWith,
  issuerMakes,
  type Rule,
  wait,
  waitOrLeave,
  weMake,
} from "./rule.ts";
import type { CallerState } from "./state.ts";

/**
 * Whether a retirement may not go on beside PENDING. What ends every value but CURRENT's may: a value of an earlier call that is refused can be
 * installed afterwards, and may have no room before.
 */
function stopsRetiring({ pending, unstored, keeps }: CallerState): boolean {
  if (pending === null) return false;
  if (accepts(pending)) return true;
  const endsAll = keeps === "two-slot" && (unstored === "to-end" || unstored === "ended");
  return pending.origin === "known-writer" ? !endsAll : pending.origin !== "stranger";
}

/** Does a PENDING credential above CURRENT's number work? Then it comes first. */
export const pendingRules: readonly Rule[] = [
  weMake({
    id: "P1",
    state: "a retirement, and something is pending; on an explicit request to retire what no version holds: and works",
    action: "409 RETIRE_NOT_SAFE",
    decide: (s) =>
      s.goal === "retire" && s.pending !== null && stopsRetiring(s)
        ? fail("RETIRE_NOT_SAFE", `version ${s.pending.versionNo} is pending`, "run heal first")
        : null,
  }),
  weMake({
    id: "P2",
    state: "a rotation of a compromised value, not noted yet, while old and new value may both work",
    action: "note that no stored value has a grace, look again",
    decide: ({ compromised }) => (compromised === "unnoted" ? { kind: "note-no-grace" } : null),
  }),
  issuerMakes({
    id: "P3",
    state: "CREATE, PENDING minted and stored by this call, both answered 200",
    action: "done with its number",
    decide: ({ goal, pending }) =>
      goal === "create" && pending?.isOwn === true ? finishWith(goal, pending.versionNo) : null,
  }),
  {
    id: "P4",
    state: "a PENDING credential, its verdict not asked, unless this call has just stored it and will install it",
    action: "log in with it",
    decide: (s) =>
      s.chosenBy === "caller" && s.pending?.phase === "untried" ? null : ask(s.pending, "verify-pending"),
  },
  weMake({
    id: "P5",
    state: "PENDING unknown, not made by the rotator, CURRENT's verdict not asked",
    action: "log in with CURRENT: if it works, such a value is not waited for",
    decide: ({ pending, current }) =>
      pending?.verdict === "unknown" && pending.origin === "stranger" ? ask(current, "verify-current") : null,
  }),
  {
    id: "P6",
    state: "PENDING unknown, or rejected within L of being stored by an issuer that makes the value",
    action: "wait, look again; a heal while another run's claim is live, or another run may still install PENDING: 503",
    decide: (s) => {
      if (s.pending?.verdict !== "unknown") return null;
      const isTheirs = s.chosenBy === "caller" && s.pending.phase === "theirs";
      return isTheirs && s.goal === "heal" ? anotherInstalls : waitOrLeave(s);
    },
  },
  {
    id: "P7",
    state: "PENDING accepted",
    action: "CREATE: done with its number; else promote it",
    decide: ({ goal, pending }) => (pending?.verdict === "accepted" ? finishWith(goal, pending.versionNo) : null),
  },
  weMake({
    id: "P8",
    state: "PENDING rejected, stored by another run that may still install it",
    action: "wait, look again; a heal: 503",
    decide: ({ goal, pending }) => {
      if (pending?.phase !== "theirs") return null;
      return goal === "heal" ? anotherInstalls : wait("claim");
    },
  }),
  weMake({
    id: "P9",
    state: "PENDING rejected within L of being installed by this call",
    action: "wait, look again",
    decide: ({ pending }) => (pending?.phase === "sent" ? waitForVerdict : null),
  }),
];
