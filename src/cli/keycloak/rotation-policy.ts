import * as z from "zod/mini";

/** Which clients a policy matches. */
export type Meets = { readonly kind: "confidential" } | { readonly kind: "client-role"; readonly role: string };

/** The wanted profile and policy, both of this name. Periods in seconds (Keycloak's executor `secret-rotation`). */
export interface WantedPolicy {
  readonly name: string;
  readonly meets: Meets;
  /** How long a secret lives. */
  readonly expiration: number;
  /** How long the older one keeps working next to the new; at most `expiration`. */
  readonly rotated: number;
  /** How long before expiry dynamic registration may rotate; at most `expiration`. */
  readonly remaining: number;
}

type Item = Record<string, unknown>;

/** A realm's own lists, with all members as received, since they are written back whole. */
export interface RealmPolicies {
  readonly profiles: readonly Item[];
  readonly policies: readonly Item[];
}

const items = z.array(z.record(z.string(), z.unknown()));
export const profilesAnswer = z.object({ profiles: items });
export const policiesAnswer = z.object({ policies: items });

const EXECUTOR = "secret-rotation";
const PERIODS = {
  expiration: "expiration-period",
  rotated: "rotated-expiration-period",
  remaining: "remaining-rotation-period",
} as const;

const listOf = (value: unknown): Item[] => items.safeParse(value).data ?? [];
const texts = (value: unknown): string[] => z.array(z.string()).safeParse(value).data ?? [];
const named = (list: readonly Item[], name: string) => list.find((item) => item["name"] === name);
const itemOf = (value: unknown): Item => z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
/** The console stores numbers as text. */
const seconds = (value: unknown): number | null => {
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  return Number.isFinite(count) ? count : null;
};

/** `2505600` as `29d`, in the largest unit that fits. */
export function periodText(count: number | null): string {
  if (count === null) return "not set";
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "m"],
  ] as const;
  const [size, unit] = units.find(([length]) => count !== 0 && count % length === 0) ?? [1, "s"];
  return `${count / size}${unit}`;
}

function periodsOf(profile: Item | undefined): Record<keyof typeof PERIODS, number | null> | null {
  const executor = listOf(profile?.["executors"]).find((one) => one["executor"] === EXECUTOR);
  if (executor === undefined) return null;
  const configuration = itemOf(executor["configuration"]);
  return {
    expiration: seconds(configuration[PERIODS.expiration]),
    rotated: seconds(configuration[PERIODS.rotated]),
    remaining: seconds(configuration[PERIODS.remaining]),
  };
}

function conditionOf(meets: Meets): Item {
  return meets.kind === "confidential"
    ? { condition: "client-access-type", configuration: { type: ["confidential"] } }
    : { condition: "client-roles", configuration: { roles: [meets.role] } };
}

function conditionText(condition: Item): string {
  const configuration = itemOf(condition["configuration"]);
  const not = configuration["is-negative-logic"] === true ? "not: " : "";
  switch (condition["condition"]) {
    case "client-access-type":
      return `${not}access type ${texts(configuration["type"]).join(" or ")}`;
    case "client-roles":
      return `${not}owns the client role ${texts(configuration["roles"]).join(" or ")}`;
    case "any-client":
      return `${not}every client`;
    default:
      return `${not}${String(condition["condition"])}`;
  }
}

const meetsText = (policy: Item | undefined) =>
  listOf(policy?.["conditions"]).map(conditionText).join(" and ") || "no client";

/** A policy of the realm that rotates secrets. */
export interface SeenPolicy {
  readonly name: string;
  readonly isEnabled: boolean;
  /** In words. */
  readonly meets: string;
  readonly profile: string;
  readonly expiration: number | null;
  readonly rotated: number | null;
  readonly remaining: number | null;
}

/** Every policy of the realm that rotates client secrets, including those made by others. */
export function rotatingPolicies({ profiles, policies }: RealmPolicies): SeenPolicy[] {
  return policies.flatMap((policy) =>
    texts(policy["profiles"]).flatMap((profile) => {
      const periods = periodsOf(named(profiles, profile));
      const name = String(policy["name"]);
      const about = { name, isEnabled: policy["enabled"] === true, meets: meetsText(policy), profile };
      return periods === null ? [] : [{ ...about, ...periods }];
    }),
  );
}

/** Which clients the policy of this name matches; null: it does not exist, or its condition is not one of ours. */
export function meetsOf({ policies }: RealmPolicies, name: string): Meets | null {
  const [condition, ...more] = listOf(named(policies, name)?.["conditions"]);
  if (condition === undefined || more.length > 0) return null;
  const configuration = itemOf(condition["configuration"]);
  if (configuration["is-negative-logic"] === true) return null;
  const [role] = texts(configuration["roles"]);
  if (condition["condition"] === "client-roles" && role !== undefined) return { kind: "client-role", role };
  const isConfidential = texts(configuration["type"]).includes("confidential");
  return condition["condition"] === "client-access-type" && isConfidential ? { kind: "confidential" } : null;
}

export interface PlannedChange {
  readonly of: "profile" | "policy";
  readonly step: "add" | "change" | "keep";
  /** From what to what, in words. */
  readonly differences: readonly string[];
}

/** The lists to write: the realm's own in their order, with our entries in them and all others unchanged. */
export interface PolicyPlan {
  readonly changes: readonly PlannedChange[];
  readonly merged: RealmPolicies;
  /** Names of other enabled policies that rotate, since two may match one client. */
  readonly others: readonly string[];
}

function withItem(list: readonly Item[], item: Item): Item[] {
  const at = list.findIndex(({ name }) => name === item["name"]);
  return at < 0 ? [...list, item] : list.with(at, item);
}

function changed(of: PlannedChange["of"], isNew: boolean, differences: readonly string[]): PlannedChange {
  return { of, step: isNew ? "add" : differences.length > 0 ? "change" : "keep", differences };
}

function planProfile(profiles: readonly Item[], wanted: WantedPolicy): { change: PlannedChange; profile: Item } {
  const { name } = wanted;
  const found = named(profiles, name);
  const before = periodsOf(found);
  const keys = ["expiration", "rotated", "remaining"] as const;
  const differences = keys
    .filter((key) => before?.[key] !== wanted[key])
    .map(
      (key) => `${PERIODS[key]}: ${before === null ? "" : `${periodText(before[key])} -> `}${periodText(wanted[key])}`,
    );
  const configuration = Object.fromEntries(keys.map((key) => [PERIODS[key], wanted[key]]));
  const others = listOf(found?.["executors"]).filter((one) => one["executor"] !== EXECUTOR);
  const description = found?.["description"] ?? "Client secrets rotated by oci-rotate";
  const profile = { ...found, name, description, executors: [...others, { executor: EXECUTOR, configuration }] };
  return { change: changed("profile", found === undefined, differences), profile };
}

function planPolicy(policies: readonly Item[], { name, meets }: WantedPolicy): { change: PlannedChange; policy: Item } {
  const found = named(policies, name);
  const conditions = [conditionOf(meets)];
  const wantedText = meetsText({ conditions });
  const profiles = [...new Set([...texts(found?.["profiles"]), name])];
  const differences = [
    ...(found !== undefined && meetsText(found) === wantedText
      ? []
      : [`meets: ${found === undefined ? "" : `${meetsText(found)} -> `}${wantedText}`]),
    ...(found === undefined || found["enabled"] === true ? [] : ["enabled: no -> yes"]),
    ...(found === undefined || texts(found["profiles"]).includes(name) ? [] : [`profiles: also ${name}`]),
  ];
  const description = found?.["description"] ?? "Clients whose secrets oci-rotate rotates";
  const policy = { ...found, name, description, enabled: true, conditions, profiles };
  return { change: changed("policy", found === undefined, differences), policy };
}

/** Pure: what to write so that the realm has the wanted profile and policy in addition to all that it has. */
export function planPolicies(current: RealmPolicies, wanted: WantedPolicy): PolicyPlan {
  const { change: profileChange, profile } = planProfile(current.profiles, wanted);
  const { change: policyChange, policy } = planPolicy(current.policies, wanted);
  return {
    changes: [profileChange, policyChange],
    merged: {
      profiles: profileChange.step === "keep" ? current.profiles : withItem(current.profiles, profile),
      policies: policyChange.step === "keep" ? current.policies : withItem(current.policies, policy),
    },
    others: rotatingPolicies(current)
      .filter(({ name, isEnabled }) => isEnabled && name !== wanted.name)
      .map(({ name }) => name),
  };
}
