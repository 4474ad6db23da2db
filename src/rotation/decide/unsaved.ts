import { type Decision, waitForVerdict } from "./decide.ts";
import { issuerMakes, type Rule } from "./rule.ts";
import type { IssuerState, Unsaved } from "./state.ts";

/**
 * If Vault takes no second PENDING version, the value goes to CURRENT. Applications read CURRENT, so the value must log
 * in first. While the refusal is doubtful, the value is tried as PENDING meanwhile.
 */
function store({ verdict, writes, isLastMoment }: Unsaved): Decision {
  if (writes === "pending") return { kind: "store", versionStage: "PENDING" };
  if (verdict === "accepted" || isLastMoment) return { kind: "store", versionStage: "CURRENT" };
  if (verdict === "not-asked") return { kind: "log-in-unsaved" };
  return writes === "either" ? { kind: "store", versionStage: "PENDING" } : waitForVerdict;
}

const isMine = ({ holder }: IssuerState["claim"]): boolean => holder === "mine" || holder === "mine-expired";

/** Is there a value that no version holds yet? It must not be lost, so these rows come first. */
export const unsavedRules: readonly Rule[] = [
  issuerMakes({
    id: "U1",
    state: "an unsaved value, and my claim is the highest version",
    action: "store it",
    decide: ({ unsaved, claim }) => (unsaved !== null && isMine(claim) ? store(unsaved) : null),
  }),
  issuerMakes({
    id: "U2",
    state: "an unsaved value otherwise, received within L, and Vault takes it as PENDING",
    action: "store it: a refusal would prove nothing yet",
    decide: ({ unsaved }) => (unsaved?.isYoung === true && unsaved.writes === "pending" ? store(unsaved) : null),
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
    decide: ({ unsaved }) => (unsaved === null ? null : store(unsaved)),
  }),
];
