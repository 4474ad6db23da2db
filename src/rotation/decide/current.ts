import { fail } from "./decide.ts";
import { accepts, ask, issuerMakes, type Rule, waitOrLeave, weMake } from "./rule.ts";

/** Does CURRENT work, and may it stay where it is? */
export const currentRules: readonly Rule[] = [
  {
    id: "C1",
    state: "CURRENT's verdict not asked",
    action: "log in with it",
    decide: ({ current }) => ask(current, "verify-current"),
  },
  {
    id: "C2",
    state: "CURRENT unknown, or rejected within L of being stored by an issuer that makes the value",
    action: "wait, look again; a heal while another run's claim is live: 503",
    decide: (s) => (s.current.verdict === "unknown" ? waitOrLeave(s) : null),
  },
  weMake({
    id: "C3",
    state: "a heal, and the issuer's policy refused PENDING",
    action: "400 POLICY_REFUSED",
    decide: ({ goal, pending }) =>
      goal === "heal" && pending?.phase === "refused"
        ? fail("POLICY_REFUSED", `the issuer's policy refuses the value of version ${pending.versionNo}`)
        : null,
  }),
  issuerMakes({
    id: "C4",
    state:
      "the issuer accepts CURRENT, which is a claim that no run holds any more; a credential holds the same value, and no request of this run for a new client secret is under way",
    action: "promote the newest such credential",
    decide: ({ current, inFlight, claim }) => {
      if (!accepts(current) || current.sameValueNo === null) return null;
      return inFlight === null && claim.holder === "none" ? { kind: "promote", versionNo: current.sameValueNo } : null;
    },
  }),
];
