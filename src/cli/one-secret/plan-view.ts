import * as z from "zod/mini";
import { isHealthy, stateTexts, type VersionVerdict } from "../../rotation/plan/plan-text.ts";
import type { Planned } from "../../rotation/plan/planning.ts";
import { leftAlone } from "../../rotation/warnings.ts";
import { asOperator } from "../cli-error.ts";
import type { Style } from "../output/style.ts";

const verdicts = { accepted: "accepted", rejected: "refused", unknown: "unknown", "not-asked": "not asked" } as const;
export type Shown = (typeof verdicts)[keyof typeof verdicts];
const seenVersion = z.object({
  versionNo: z.int(),
  verdict: z.enum(["accepted", "refused", "unknown", "not asked"]),
});
const states = [
  ...(["healthy", "busy", "updating", "interrupted", "poisoned", "overlap-due"] as const),
  ...(["down", "locked-out", "unusable", "unknown"] as const),
] as const satisfies readonly (keyof typeof stateTexts)[];

/** State and plan in JSON, as in `status`, `heal`, `retire` and `rollback`. */
export const planMembers = {
  state: z.enum(states),
  healthy: z.boolean(),
  meaning: z.string(),
  /** The next action. `changes`: it writes; `row`: its row in the decide table. */
  plan: z.object({
    next: z.string(),
    why: z.string(),
    row: z.nullable(z.string()),
    changes: z.boolean(),
    nextAction: z.nullable(z.string()),
  }),
  current: z.nullable(seenVersion),
  pending: z.nullable(seenVersion),
  previous: z.nullable(seenVersion),
  /** Versions that are left untouched: of another client, unreadable, or PENDING but not made by the rotator. A sentence each. */
  leftAlone: z.array(z.string()),
};
const planned = z.object(planMembers);
export type PlanData = z.output<typeof planned>;

function shown(seen: VersionVerdict | null) {
  return seen === null ? null : { versionNo: seen.versionNo, verdict: verdicts[seen.verdict] };
}

export function planDataOf(plan: Planned): PlanData {
  const { state, next, why, row, changes, nextAction, current } = plan;
  return {
    state,
    healthy: isHealthy(state, current),
    meaning: stateTexts[state],
    plan: { next, why: asOperator(why), row, changes, nextAction: nextAction === null ? null : asOperator(nextAction) },
    current: shown(current),
    pending: shown(plan.pending),
    previous: shown(plan.previous),
    leftAlone: leftAlone(plan.attempt.read).map(({ what }) => what),
  };
}

export function paintVerdict(style: Style, verdict: Shown): string {
  if (verdict === "accepted") return style.green(verdict);
  return verdict === "refused" ? style.red(verdict) : style.yellow(verdict);
}

function paintState(style: Style, { state, healthy }: Pick<PlanData, "state" | "healthy">): string {
  if (healthy) return style.green(state);
  return state === "down" || state === "locked-out" || state === "unusable" ? style.red(state) : style.yellow(state);
}

/** State and plan as pairs for `renderPairs`. */
export function planPairs(style: Style, data: PlanData): (readonly [string, string])[] {
  const { plan } = data;
  return [
    ["state", `${paintState(style, data)}: ${data.meaning}`],
    ["next step", plan.next],
    ["because", plan.why],
    ...(plan.nextAction === null ? [] : [["to do", plan.nextAction] as const]),
    ...data.leftAlone.map((what) => ["left alone", what] as const),
  ];
}
