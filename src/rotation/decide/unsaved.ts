import { type Decision, waitForVerdict } from "./decide.ts";
import { issuerMakes, type Rule } from "./rule.ts";
import type { IssuerState } from "./state.ts";

/**
 * If Vault takes no second PENDING version, the value goes to CURRENT. Applications read CURRENT, so the value must log
 * in first. While the refusal is doubtful, the value is tried as PENDING meanwhile.
 */
function store({ unsaved, writes, isLastMoment }: IssuerState): Decision {
  if (writes === "pending") return { kind: "store", versionStage: "PENDING" };
  if (unsaved?.verdict === "accepted" || isLastMoment) return { kind: "store", versionStage: "CURRENT" };
  if (unsaved?.verdict === "not-asked") return { kind: "log-in-unsaved" };
  return writes === "either" ? { kind: "store", versionStage: "PENDING" } : waitForVerdict;
}

/** Is there a value that no version holds yet? It must not be lost, so these rows come first. */
export const unsavedRules: readonly Rule[] = [
  issuerMakes({
    id: "U1",
    state: "an unsaved value, and my claim is the highest version",
    action: "store it",
    decide: (s) => (s.unsaved !== null && s.claim.isMine ? store(s) : null),
  }),
  issuerMakes({
    id: "U2",
    state: "an unsaved value otherwise, received within L, and Vault takes it as PENDING",
    action: "store it: a refusal would prove nothing yet",
    decide: (s) => (s.unsaved?.isYoung === true && s.writes === "pending" ? store(s) : null),
  }),
  issuerMakes({
    id: "U3",
    state: "an unsaved value otherwise, its verdict not asked",
    action: "log in with it",
    decide: ({ unsaved }) => (unsaved?.verdict === "not-asked" ? { kind: "log-in-unsaved" } : null),
  }),
  issuerMakes({
    id: "U4",
    state: "an unsaved value otherwise, rejected",
    action: "drop it, decide again",
    decide: ({ unsaved }) => (unsaved?.verdict === "rejected" ? { kind: "drop" } : null),
  }),
  issuerMakes({
    id: "U5",
    state: "an unsaved value otherwise, accepted or unknown",
    action: "store it",
    decide: (s) => (s.unsaved === null ? null : store(s)),
  }),
];
