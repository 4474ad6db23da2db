import { fail, waitForVerdict } from "./decide.ts";
import { ask, claimLive, isMade, issuerMakes, type Rule, refuses, wait, waitOrLeave, weMake } from "./rule.ts";
import type { State } from "./state.ts";

/**
 * The newest other credential that is not known to be refused. If we make the value, nothing is copied, so Vault must
 * be able to promote it.
 */
function nextOther({ chosenBy, current, others }: State) {
  if (!refuses(current)) return undefined;
  return others?.find((other) => !refuses(other) && (chosenBy === "issuer" || other.isPromotable));
}

/** Nobody may ask for another value, or the one that this call made is of no use. */
function hasNoWayOn(s: State): boolean {
  const isStuck = s.chosenBy === "caller" && isMade(s.pending);
  return refuses(s.current) && (s.authority === "none" || isStuck);
}

const namesOnly = ({ current }: State): boolean => refuses(current) && current.isPlaceholder === true;

/** CURRENT is refused: is there a way back? */
export const lostCurrentRules: readonly Rule[] = [
  issuerMakes({
    id: "L1",
    state: "another run's claim is live, with any verdict on CURRENT",
    action: "wait, look again; a heal: 503",
    decide: ({ goal, claim }) => {
      if (claim.holder !== "theirs") return null;
      return goal === "heal" ? claimLive(claim) : wait("claim");
    },
  }),
  issuerMakes({
    id: "L2",
    state: "a mint of mine is unsettled, with any verdict on CURRENT",
    action: "wait until it has landed or never will, look again",
    decide: ({ inFlight }) => (inFlight === "mint" ? wait("landed") : null),
  }),
  weMake({
    id: "L3",
    state: "a retirement, and CURRENT is rejected",
    action: "409 RETIRE_NOT_SAFE",
    decide: ({ goal, current }) =>
      refuses(current) && goal === "retire"
        ? fail("RETIRE_NOT_SAFE", "the issuer refuses CURRENT", "run heal first")
        : null,
  }),
  weMake({
    id: "L4",
    state: "CURRENT rejected for less than L",
    action: "wait, look again",
    decide: ({ current }) => (refuses(current) && !current.isConfirmed ? waitForVerdict : null),
  }),
  {
    id: "L5",
    state: "CURRENT rejected, the other versions not read",
    action: "read them, and look up second authorities",
    decide: ({ current, others }) => (refuses(current) && others === null ? { kind: "read-others" } : null),
  },
  {
    id: "L6",
    state: "CURRENT rejected, another stored credential not asked",
    action: "log in with it, the newest first",
    decide: (s) => ask(nextOther(s), "verify-pending"),
  },
  {
    id: "L7",
    state: "CURRENT rejected, another stored credential unknown",
    action: "wait, look again",
    decide: (s) => (nextOther(s)?.verdict === "unknown" ? waitForVerdict : null),
  },
  {
    id: "L8",
    state: "CURRENT rejected, another stored credential accepted",
    action: "promote it by number; if the issuer makes the value and Vault refuses that, it becomes the unsaved value",
    decide: (s) => {
      const other = nextOther(s);
      return other === undefined ? null : { kind: other.isPromotable ? "promote" : "copy", versionNo: other.versionNo };
    },
  },
  issuerMakes({
    id: "L9",
    state: "CURRENT rejected, a living token or a second authority, the issuer not yet asked for the value",
    action: "read it back; accepted: it becomes the unsaved value",
    decide: ({ current, authority }) =>
      refuses(current) && authority === "may-read-back" ? { kind: "read-back" } : null,
  }),
  issuerMakes({
    id: "L10",
    state: "CURRENT rejected for the first time, neither a living token nor a second authority",
    action: "wait, look again",
    decide: (s) => (refuses(s.current) && s.authority === "none" && !s.current.isConfirmed ? waitOrLeave(s) : null),
  }),
  {
    id: "L11",
    state:
      "CURRENT rejected, and no credential may ask for another value, or the value that this call made cannot be installed",
    action: "400 LOCKED_OUT",
    decide: (s) =>
      hasNoWayOn(s) && !namesOnly(s) ? fail("LOCKED_OUT", "the issuer refuses CURRENT and no way back exists") : null,
  },
  {
    id: "L12",
    state: "the same, and CURRENT is a placeholder: nobody is locked out, since nobody has been given a value",
    action: "400 CLIENT_NOT_BOUND, or POLICY_REFUSED",
    decide: (s) => {
      if (!hasNoWayOn(s)) return null;
      return s.authority === "none"
        ? fail(
            "CLIENT_NOT_BOUND",
            "the secret holds no client secret yet, and no second authority that logs in is bound to it",
            "bind one to this secret (docs/deploying.md, second authorities), then run heal",
          )
        : fail("POLICY_REFUSED", "the issuer's policy refuses the first value");
    },
  },
];
