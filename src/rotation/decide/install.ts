import { fail } from "./decide.ts";
import { accepts, anotherInstalls, isDead, isMade, type Rule, setAlone, wait, weMake } from "./rule.ts";
import type { CallerState } from "./state.ts";

/**
 * PENDING, if it can be made to work. CURRENT can install it. A second authority can too, but only if this call made
 * PENDING: a proof by a dead CURRENT's value may be older than the event that killed CURRENT. Some issuers end the
 * older value unless told to keep it. There, one spurious refusal of CURRENT must not lead to an install that drops it.
 */
function installable({ pending, current, authority, keeps }: CallerState): CallerState["pending"] {
  if (pending === null || pending.phase === "refused") return null;
  if (accepts(current)) return pending.origin === "stranger" ? null : pending;
  const mayBeStray = keeps === "timed" && !isDead(current);
  return isMade(pending) && authority === "may-install" && !mayBeStray ? pending : null;
}

/**
 * Can the issuer be given the stored value? Asked after a PENDING that logs in, and before the rows that depend on
 * CURRENT only.
 */
export const installRules: readonly Rule[] = [
  weMake({
    id: "I1",
    state: "two-slot: PENDING can be installed, another run holds the lease",
    action: "wait, look again; a heal: 503",
    decide: (s) => {
      if (installable(s) === null || s.keeps !== "two-slot" || s.lease !== "others") return null;
      return s.goal === "heal" ? anotherInstalls : wait("claim");
    },
  }),
  weMake({
    id: "I2",
    state: "two-slot: PENDING rejected, and the issuer has held two values for at least L",
    action: "409 RETIRE_NOT_SAFE",
    decide: (s) => {
      if (installable(s)?.phase !== "no-room-for-long") return null;
      const what = "the client holds two secrets at the issuer, and one of them is in no version of the secret";
      return fail("RETIRE_NOT_SAFE", what, setAlone("run heal"));
    },
  }),
  weMake({
    id: "I3",
    state: "two-slot: PENDING rejected, and the issuer holds two values",
    action: "wait until requests under way have landed, look again",
    decide: (s) => (installable(s)?.phase === "no-room" ? wait("landed") : null),
  }),
  weMake({
    id: "I4",
    state: "PENDING can be installed, and OROT_PAUSED is on",
    action: "409 PAUSED",
    decide: (s) =>
      installable(s) !== null && s.isPaused
        ? fail("PAUSED", "a stored value would be installed now, and OROT_PAUSED is on")
        : null,
  }),
  weMake({
    id: "I5",
    state: "PENDING can be installed, but this call's installs are spent, and the issuer answered none",
    action: "503 ISSUER_UNAVAILABLE",
    decide: (s) =>
      installable(s) !== null && s.left.installs === 0 && s.isUnanswered
        ? fail("ISSUER_UNAVAILABLE", "the issuer did not answer any request to set the stored value")
        : null,
  }),
  weMake({
    id: "I6",
    state: "PENDING can be installed, but this call's installs are spent",
    action: "400 ISSUER_CONFIGURATION",
    decide: (s) =>
      installable(s) !== null && s.left.installs === 0
        ? fail(
            "ISSUER_CONFIGURATION",
            "the issuer took the chosen value and still refuses it",
            "set OROT_OCI_IAM_VALUE to issuer: this domain does not let the caller choose",
          )
        : null,
  }),
  weMake({
    id: "I7",
    state: "two-slot: PENDING can be installed, stored by another call, the lease not mine",
    action: "take the lease, look again",
    decide: (s) => {
      const pending = installable(s);
      if (pending === null || pending.origin === "this-call" || s.keeps !== "two-slot") return null;
      return s.lease === "mine" ? null : { kind: "take-lease" };
    },
  }),
  weMake({
    id: "I8",
    state: "PENDING can be installed",
    action: "install the same value (again), look again",
    decide: (s) => {
      const pending = installable(s);
      return pending === null ? null : { kind: "install", versionNo: pending.versionNo };
    },
  }),
];
