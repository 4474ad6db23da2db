import { accepts, done, type Rule } from "./rule.ts";
import type { State } from "./state.ts";

/** CURRENT works, and no request of this call can end that any more. */
function goodAndSettled({ current, inFlight }: State) {
  return accepts(current) && inFlight !== "mint" ? current : null;
}

/** CURRENT works: is that all? */
export const doneRules: readonly Rule[] = [
  {
    id: "D1",
    state:
      "the issuer accepts CURRENT, and no request of this run for a new client secret is under way; a heal needs no more",
    action: "done",
    decide: (s) => {
      const current = goodAndSettled(s);
      return current !== null && s.goal === "heal" ? done("NOTHING_TO_DO", current) : null;
    },
  },
  {
    id: "D2",
    state: "CURRENT accepted, its value not the one first seen, no mint of mine unsettled",
    action: "done: already rotated",
    decide: (s) => {
      const current = goodAndSettled(s);
      return current?.holds === "new-value" ? done("ALREADY_ROTATED", current) : null;
    },
  },
];
