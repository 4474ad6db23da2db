import type { Unproven } from "../observe/second-pending.ts";
import { type Decision, fail } from "./decide.ts";
import { accepts, issuerMakes, type Rule, wait, weMake } from "./rule.ts";
import type { IssuerState } from "./state.ts";

const isMine = ({ claim }: IssuerState): boolean => claim.holder === "mine";

/**
 * Whether the claim still lacks this proof. Only while CURRENT works: a dead CURRENT allows no delay, and a mint may
 * have been sent before.
 */
function lacks({ claim, current }: IssuerState, unproven: Unproven): boolean {
  return accepts(current) && claim.holder === "mine" && claim.unproven === unproven;
}

const claimWhenPrepared = ({ isPrepared }: IssuerState): Decision => ({ kind: isPrepared ? "claim" : "prepare" });

/** A new value is next: may it be made, and what comes before it? */
export const newValueRules: readonly Rule[] = [
  weMake({
    id: "N1",
    state: "two-slot: a new value is next, another run holds the lease",
    action: "wait, look again",
    decide: ({ keeps, lease }) => (keeps === "two-slot" && lease === "others" ? wait("claim") : null),
  }),
  issuerMakes({
    id: "N2",
    state: "this call's mints are spent",
    action: "503",
    decide: ({ left }) =>
      left.mints === 0
        ? fail(
            "VERDICT_UNKNOWN",
            "this call has used up its tries to regenerate",
            "run heal in a few minutes: until then the issuer may refuse CURRENT",
          )
        : null,
  }),
  {
    id: "N3",
    state: "a new value is next, and OROT_PAUSED is on",
    action: "409 PAUSED",
    decide: ({ isPaused }) =>
      isPaused ? fail("PAUSED", "a new client secret would be made now, and OROT_PAUSED is on") : null,
  },
  issuerMakes({
    id: "N4",
    state:
      "CURRENT accepted, my claim as in row N8, enough free slots, not known whether Vault takes a second PENDING version",
    action: "write the claim once more as PENDING, look again",
    decide: (s) => (lacks(s, "trial") ? { kind: "try-pending" } : null),
  }),
  issuerMakes({
    id: "N5",
    state: "CURRENT accepted, my claim as in row N8, Vault has taken a second PENDING version, not noted yet",
    action: "note it, look again",
    decide: (s) => (lacks(s, "note") ? { kind: "note-pending" } : null),
  }),
  issuerMakes({
    id: "N6",
    state: "CURRENT accepted, my claim as in row N8 and PENDING, and Vault takes no second PENDING version",
    action: "as row N9: the claim goes to CURRENT, as the value will",
    decide: (s) => (lacks(s, "current") ? claimWhenPrepared(s) : null),
  }),
  weMake({
    id: "N7",
    state: "this call may make no more values",
    action: "400 POLICY_REFUSED",
    decide: ({ left }) =>
      left.values === 0 ? fail("POLICY_REFUSED", "the issuer's policy refused every value that was tried") : null,
  }),
  issuerMakes({
    id: "N8",
    state: "my claim is the highest version and within its time",
    action: "mint",
    decide: (s) => (isMine(s) ? { kind: "mint" } : null),
  }),
  {
    id: "N9",
    state: "otherwise",
    action:
      "preflight; then write a claim with the token if the issuer makes the value, else generate a value and store it; look again",
    decide: (s) => {
      if (s.chosenBy === "issuer") return claimWhenPrepared(s);
      return { kind: s.isPrepared ? "generate" : "prepare" };
    },
  },
];
