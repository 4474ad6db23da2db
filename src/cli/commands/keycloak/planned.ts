import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import type { CommandContext } from "../../command.ts";
import { FEATURE_NEXT, FEATURE_OFF, openRealm, type Realm, type RealmPlace } from "../../keycloak/realm.ts";
import {
  type PolicyPlan,
  planPolicies,
  type RealmPolicies,
  type WantedPolicy,
} from "../../keycloak/rotation-policy.ts";
import { readPolicies } from "./parameters.ts";

export const plannedData = z.object({
  url: z.string(),
  realm: z.string(),
  name: z.string(),
  feature: z.enum(["on", "off", "unknown"]),
  applied: z.boolean(),
  changes: z.array(
    z.object({
      of: z.enum(["profile", "policy"]),
      step: z.enum(["add", "change", "keep"]),
      differences: z.array(z.string()),
    }),
  ),
  /** Other enabled policies of the realm that rotate. */
  others: z.array(z.string()),
});
export type PlannedData = z.output<typeof plannedData>;

export interface Planned {
  readonly realm: Realm;
  readonly feature: PlannedData["feature"];
  readonly current: RealmPolicies;
  readonly plan: PolicyPlan;
}

/** Reads the realm and reports obstacles. Changes nothing. */
export async function planFor(
  context: Pick<CommandContext<PlannedData>, "runtime" | "signIn" | "out">,
  place: RealmPlace,
  wanted: WantedPolicy,
): Promise<Planned> {
  const realm = await openRealm(context, place);
  const current = await readPolicies(realm);
  const feature = await realm.feature();
  const plan = planPolicies(current, wanted);
  if (feature === "off") context.out.warn(`${FEATURE_OFF}; next: ${FEATURE_NEXT}`);
  if (plan.others.length > 0) {
    context.out.warn(
      `other policies rotate secrets too: ${printable(plan.others.join(", "))}; a client that two of them match is handled by both`,
    );
  }
  return { realm, feature, current, plan };
}

export const isDue = ({ plan }: Pick<Planned, "plan">) => plan.changes.some(({ step }) => step !== "keep");

export function planText({ plan }: Pick<Planned, "plan">, name: string): string {
  const verbs = { add: "add the", change: "change the", keep: "keep the" } as const;
  return plan.changes
    .flatMap(({ of, step, differences }) => [
      `${verbs[step]} ${of} ${name}`,
      ...differences.map((difference) => `  ${printable(difference)}`),
    ])
    .join("\n");
}

export function plannedResult(
  { feature, plan }: Pick<Planned, "plan" | "feature">,
  { url, realm, name }: { url: string; realm: string; name: string },
  applied: boolean,
): PlannedData {
  const changes = plan.changes.map(({ of, step, differences }) => ({ of, step, differences: [...differences] }));
  return { url, realm, name, feature, applied, changes, others: [...plan.others] };
}
