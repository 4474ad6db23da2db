import { type Action, type Rule, type View, waitForVerdict } from "./decide.ts";

/**
 * Where Vault takes no second PENDING version the value goes to CURRENT, which applications read: so it must log in first. Where that only seems
 * so, it is tried as PENDING meanwhile.
 */
function storeHand(view: View): Action {
  if (view.writes === "pending") return { kind: "store", versionStage: "PENDING" };
  if (view.hand?.verdict === "accepted" || view.isLastMoment) return { kind: "store", versionStage: "CURRENT" };
  if (view.hand?.verdict === "not-asked") return { kind: "log-in-hand" };
  return view.writes === "either" ? { kind: "store", versionStage: "PENDING" } : waitForVerdict;
}

/** The rows on a value that no version holds yet. Only an UPDATING secret comes before them: nothing may lose that value. */
export const handRules: readonly Rule<View>[] = [
  {
    row: "1",
    state: "a value in hand, and my claim is the highest version",
    action: "store it",
    when: ({ hand, claim }) => hand !== null && claim.isMine,
    decide: storeHand,
  },
  {
    row: "2",
    state: "a value in hand otherwise, received within L, and Vault takes it as PENDING",
    action: "store it: a refusal would say nothing yet",
    when: ({ hand, writes }) => hand?.isYoung === true && writes === "pending",
    decide: storeHand,
  },
  {
    row: "2",
    state: "a value in hand otherwise, its verdict not asked",
    action: "log in with it",
    when: ({ hand }) => hand?.verdict === "not-asked",
    decide: () => ({ kind: "log-in-hand" }),
  },
  {
    row: "2",
    state: "a value in hand otherwise, rejected",
    action: "drop it, decide again",
    when: ({ hand }) => hand?.verdict === "rejected",
    decide: () => ({ kind: "drop" }),
  },
  {
    row: "2",
    state: "a value in hand otherwise, accepted or unknown",
    action: "store it",
    when: ({ hand }) => hand !== null,
    decide: storeHand,
  },
];
