import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, empty, isObject, type JsonObject, json } from "../core/wire.ts";
import type { KeycloakCaller } from "./callers.ts";
import { CONDITIONS, KEEP_TOKEN_EXECUTOR, objects, periodsOf, ROTATION_EXECUTOR } from "./policy.ts";
import type { RealmState } from "./state.ts";
import { bare, bodyOf, described, serverError, shown } from "./wire.ts";

const INVALID_EXECUTOR =
  "proposed client profile contains the executor, which does not have valid provider, or has invalid configuration.";

const refused = (errorMessage: string) => json(400, { errorMessage });

/** `/admin/realms/{realm}/client-policies/profiles` and `.../policies`. Each PUT replaces the realm's whole list. */
export function handlePolicies(
  request: EmulatedRequest,
  kind: "profiles" | "policies",
  caller: KeycloakCaller,
  realm: RealmState,
  switches: Switches,
): EmulatedResponse {
  const mayManage = caller.roles.includes("manage-realm");
  if (request.method === "GET") {
    return mayManage || caller.roles.includes("view-realm") ? shown(200, { [kind]: realm[kind] }) : bare(403);
  }
  if (request.method !== "PUT") return bare(405);
  if (!mayManage) return bare(403);
  const type = kind === "profiles" ? "ClientProfilesRepresentation" : "ClientPoliciesRepresentation";
  const parsed = bodyOf(request, kind === "profiles" ? [kind, "globalProfiles"] : [kind, "globalPolicies"], type);
  if ("answer" in parsed) return parsed.answer;
  const list = objects(parsed.body[kind]);
  const problem = kind === "profiles" ? profilesProblem(list, switches) : policiesProblem(list, realm);
  if (problem !== undefined) return problem;
  realm[kind] = list;
  return empty(204);
}

function profilesProblem(profiles: readonly JsonObject[], switches: Switches): EmulatedResponse | undefined {
  if (new Set(profiles.map((profile) => profile["name"])).size < profiles.length) {
    return refused("proposed client profile name duplicated.");
  }
  const executors = profiles.flatMap((profile) => objects(profile["executors"]));
  return executors.map((executor) => executorProblem(executor, switches)).find((problem) => problem !== undefined);
}

function executorProblem(executor: JsonObject, switches: Switches): EmulatedResponse | undefined {
  if (executor["executor"] === KEEP_TOKEN_EXECUTOR) return undefined;
  if (executor["executor"] !== ROTATION_EXECUTOR || switches["keycloak-rotation"] === "off") {
    return refused(INVALID_EXECUTOR);
  }
  const configuration = isObject(executor["configuration"]) ? executor["configuration"] : {};
  const { expiration, rotated, remaining } = periodsOf(configuration);
  const periods = ["expiration-period", "rotated-expiration-period", "remaining-rotation-period"];
  if (periods.some((name) => configuration[name] === undefined)) return serverError();
  if (![expiration, rotated, remaining].every(Number.isInteger)) {
    return described(500, "unknown_error", "Cannot parse the JSON");
  }
  return expiration > 0 && rotated <= expiration && remaining <= expiration ? undefined : refused(INVALID_EXECUTOR);
}

function policiesProblem(policies: readonly JsonObject[], realm: RealmState): EmulatedResponse | undefined {
  for (const policy of policies) {
    const condition = objects(policy["conditions"]).find((one) => !CONDITIONS.includes(String(one["condition"])));
    if (condition !== undefined) {
      return refused(`Policy ${policy["name"]} contains invalid condition ${condition["condition"]}`);
    }
    const named: unknown[] = Array.isArray(policy["profiles"]) ? policy["profiles"] : [];
    const profile = named.find((name) => !realm.profiles.some((known) => known["name"] === name));
    if (profile !== undefined) return refused(`Policy ${policy["name"]} contains invalid profile ${profile}`);
  }
  return undefined;
}
