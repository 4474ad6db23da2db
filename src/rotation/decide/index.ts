import { RotationError } from "../../base/errors.ts";
import { currentRules } from "./current.ts";
import type { Decision } from "./decide.ts";
import { doneRules } from "./done.ts";
import { installRules } from "./install.ts";
import { lostCurrentRules } from "./lost-current.ts";
import { newValueRules } from "./new-value.ts";
import { overlapRules } from "./overlap.ts";
import { pendingRules } from "./pending.ts";
import type { Rule } from "./rule.ts";
import type { State } from "./state.ts";
import { unsavedRules } from "./unsaved.ts";

/** The decide table, in the order in which its questions are asked. The first row that decides wins. */
export const sections: readonly { readonly question: string; readonly rules: readonly Rule[] }[] = [
  { question: "Is there a value that no version holds yet?", rules: unsavedRules },
  { question: "Does PENDING work?", rules: pendingRules },
  { question: "Does CURRENT work?", rules: currentRules },
  { question: "May a second value work alongside CURRENT's?", rules: overlapRules },
  { question: "Can the stored value be installed?", rules: installRules },
  { question: "CURRENT works: is that all?", rules: doneRules },
  { question: "CURRENT is refused: is there a way back?", rules: lostCurrentRules },
  { question: "A new value is next: may it be made?", rules: newValueRules },
];

export const rules: readonly Rule[] = sections.flatMap((section) => section.rules);

/**
 * The first row that decides, and its decision.
 * @throws RotationError INTERNAL if no row decides; the last row always does, so that is a defect
 */
export function firstDeciding(
  table: readonly Rule[],
  state: State,
): { readonly rule: Rule; readonly decision: Decision } {
  for (const rule of table) {
    const decision = rule.decide(state);
    if (decision !== null) return { rule, decision };
  }
  throw new RotationError("INTERNAL", "no row of the decide table fits");
}

/** The next thing to do in CREATE_PENDING_VERSION, a whole rotation, a heal or a retirement. Pure. */
export function decide(state: State): Decision {
  return firstDeciding(rules, state).decision;
}

/** The row by which `decide` decides. */
export function decidingRule(state: State): Rule {
  return firstDeciding(rules, state).rule;
}
