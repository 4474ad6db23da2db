import { accepts, done, type Rule } from "./rule.ts";
import type { State } from "./state.ts";

/** CURRENT works, and no request of this call can end that any more. */
const isGoodAndSettled = (s: State): boolean => accepts(s.current) && (s.chosenBy === "caller" || s.mint.isSettled);

/** CURRENT works: is that all? */
export const doneRules: readonly Rule[] = [
  {
    id: "D1",
    state: "CURRENT accepted, a heal, no mint of mine unsettled",
    action: "done",
    decide: (s) => (isGoodAndSettled(s) && s.goal === "heal" ? done("NOTHING_TO_DO", s.current) : null),
  },
  {
    id: "D2",
    state: "CURRENT accepted, its value not the one first seen, no mint of mine unsettled",
    action: "done: already rotated",
    decide: (s) => (isGoodAndSettled(s) && !s.current.isUnchanged ? done("ALREADY_ROTATED", s.current) : null),
  },
];
