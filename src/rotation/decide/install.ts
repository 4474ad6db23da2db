import type { CallerView } from "./caller-view.ts";
import { fail, numberOf, type Rule } from "./decide.ts";

export const installing = fail("CLAIM_LIVE", "another run is installing the PENDING version");

/**
 * PENDING, where it can be made to work: by CURRENT, or by a second authority if this call has made it: a proof by the value of a dead CURRENT
 * may be older than what killed that. Where the issuer ends the older value unless it is told to
 * keep it, one stray refusal of CURRENT must not have it told otherwise.
 */
function installable({ pending, current, hasAuthority, keepsOlder, isTwoSlot }: CallerView): CallerView["pending"] {
  if (pending === null || pending.isRefused) return null;
  if (current.verdict === "accepted") return pending.isProven ? pending : null;
  const mayBeStray = keepsOlder && !isTwoSlot && !current.isSurelyDead;
  return pending.isMade && hasAuthority && !mayBeStray ? pending : null;
}

function isInstallable(view: CallerView): boolean {
  return installable(view) !== null;
}

/** The rows on having the issuer take the stored value. They come after a PENDING that logs in and before everything that CURRENT alone decides. */
export const installRules: readonly Rule<CallerView>[] = [
  {
    row: "c3",
    state: "two-slot: PENDING can be installed, another run holds the lease",
    action: "wait, look again; a heal: 503",
    when: (view) => isInstallable(view) && view.isTwoSlot && view.lease === "others",
    decide: ({ goal }) => (goal === "heal" ? installing : { kind: "wait", until: "claim" }),
  },
  {
    row: "c3",
    state: "two-slot: PENDING rejected although the issuer has held two values for as long as L",
    action: "409 RETIRE_NOT_SAFE",
    when: (view) => installable(view)?.isLongOccupied === true,
    decide: () =>
      fail(
        "RETIRE_NOT_SAFE",
        "the client holds two secrets at the issuer, and one of them is in no version of the secret",
        "as an administrator of the issuer set the client's secret to CURRENT's value alone, then run heal",
      ),
  },
  {
    row: "c3",
    state: "two-slot: PENDING rejected, and the issuer holds two values",
    action: "wait until whatever is under way has landed, look again",
    when: (view) => installable(view)?.isOccupied === true,
    decide: () => ({ kind: "wait", until: "landed" }),
  },
  {
    row: "c3",
    state: "PENDING can be installed, and OROT_PAUSED is on",
    action: "409 PAUSED",
    when: (view) => isInstallable(view) && view.isPaused,
    decide: () => fail("PAUSED", "a stored value would be installed now, and OROT_PAUSED is on"),
  },
  {
    row: "c3",
    state: "PENDING can be installed, but this call has tried as often as it may, and the issuer never answered",
    action: "503 ISSUER_UNAVAILABLE",
    when: (view) => isInstallable(view) && view.left.installs === 0 && view.isUnanswered,
    decide: () => fail("ISSUER_UNAVAILABLE", "the issuer did not answer the tries to set the stored value"),
  },
  {
    row: "c3",
    state: "PENDING can be installed, but this call has tried as often as it may",
    action: "400 ISSUER_CONFIGURATION",
    when: (view) => isInstallable(view) && view.left.installs === 0,
    decide: () =>
      fail(
        "ISSUER_CONFIGURATION",
        "the issuer took the chosen value and still refuses it",
        "set OROT_OCI_IAM_VALUE to issuer: this domain does not let the caller choose",
      ),
  },
  {
    row: "c3",
    state: "two-slot: PENDING can be installed, stored by another call, the lease not mine",
    action: "take the lease, look again",
    when: (view) => view.isTwoSlot && installable(view)?.isOwn === false && view.lease !== "mine",
    decide: () => ({ kind: "take-lease" }),
  },
  {
    row: "c3",
    state: "PENDING can be installed",
    action: "install the same value (again), look again",
    when: isInstallable,
    decide: ({ pending }) => ({ kind: "install", versionNo: numberOf(pending) }),
  },
];
