import { SCOPED_TOKEN_PATH } from "../identity/auth-api.ts";
import { selectBundle } from "../vault/secret-bundles.ts";
import type { CallName, System } from "./call-names.ts";
import { issuerServing } from "./issuers.ts";
import { metricCall } from "./metrics.ts";
import { RECEIVERS_PATH } from "./receivers.ts";
import type { EmulatorState } from "./state.ts";
import { storedContent } from "./stored-content.ts";
import type { Switches } from "./switches.ts";
import { topicCall } from "./topics.ts";
import { asText, type EmulatedRequest, isObject, type JsonObject, own, parseObject, pathPart } from "./wire.ts";

export interface Classified {
  readonly system: System;
  readonly call: CallName;
  /** The secret that the path names. */
  readonly secretId: string | null;
}

/** Which system serves a path, and what the product calls that request. */
export function classify(request: EmulatedRequest, state: EmulatorState, now: number, switches: Switches): Classified {
  const { path } = request;
  if (path.startsWith("/20180608/secrets")) return control(request, pathPart(path.split("/")[3]));
  if (path.startsWith("/20190301/secretbundles")) return data(request, state, now, pathPart(path.split("/")[3]));
  // This comes before the issuers, since one of them serves every version number that a path may begin with.
  if (path === SCOPED_TOKEN_PATH) return { system: "auth", call: "database-token", secretId: null };
  if (path.startsWith(RECEIVERS_PATH)) return { system: "receivers", call: "webhook", secretId: null };
  if (/^\/20181201\/topics(\/|$)/.test(path)) {
    return { system: "topics", call: topicCall(request) ?? "other", secretId: null };
  }
  if (/^\/20180401\/(metrics|alarms)(\/|$)/.test(path)) {
    return { system: "monitoring", call: metricCall(request) ?? "other", secretId: null };
  }
  const issuer = issuerServing(path);
  if (issuer !== undefined) {
    return { system: issuer.system, call: issuer.classify(request, state, switches), secretId: null };
  }
  if (path.startsWith("/20160918/workRequests")) {
    return { system: "work-requests", call: "get-work-request", secretId: null };
  }
  const [kind, resource] = /^\/\d{8}\/(functions|applications)(\/|$)/.exec(path)?.slice(1) ?? [];
  if (kind !== undefined) {
    return { system: "functions", call: functionsCall(request, kind, resource === ""), secretId: null };
  }
  return { system: "unknown", call: "other", secretId: null };
}

function functionsCall({ method, path }: EmulatedRequest, kind: string, isList: boolean): CallName {
  if (kind === "applications") {
    if (isList) return "list-applications";
    return method === "PUT" ? "update-application" : "get-application";
  }
  if (isList) return "list-functions";
  if (path.endsWith("/actions/invoke")) return "invoke-function";
  return method === "PUT" ? "update-function" : "get-function";
}

const CONTROL_ACTIONS: readonly (readonly [string, CallName])[] = [
  ["/actions/scheduleDeletion", "schedule-secret-deletion"],
  ["/actions/cancelDeletion", "cancel-secret-deletion"],
  ["/actions/rotate", "rotate-secret"],
  ["/actions/changeCompartment", "change-compartment"],
  ["/actions/cancelRotation", "cancel-secret-rotation"],
];

function control(request: EmulatedRequest, secretId: string): Classified {
  const named = (call: CallName): Classified => ({
    system: "vault",
    call,
    secretId: secretId === "" ? null : secretId,
  });
  if (request.method === "PUT") return named(writeCall(parseObject(request.body)));
  if (request.method === "POST" && secretId === "") return named("create-secret");
  if (request.method === "POST" && request.path.includes("/version/")) {
    const schedules = request.path.endsWith("/scheduleDeletion");
    return named(schedules ? "schedule-version-deletion" : "cancel-version-deletion");
  }
  if (request.method === "POST") {
    return named(CONTROL_ACTIONS.find(([ending]) => request.path.endsWith(ending))?.[1] ?? "other");
  }
  if (secretId === "") return named("list-secrets");
  if (request.path.endsWith("/versions")) return named("list-versions");
  return named(request.path.includes("/version/") ? "get-version" : "get-secret");
}

function writeCall(details: JsonObject | undefined): CallName {
  const content = details?.["secretContent"];
  if (isObject(content)) {
    return storedContent(asText(content["content"]) ?? "")?.kind === "claim" ? "write-claim" : "write-pending";
  }
  return details?.["currentVersionNumber"] === undefined ? "update-metadata" : "promote";
}

function data(request: EmulatedRequest, state: EmulatorState, now: number, id: string): Classified {
  if (request.path.endsWith("/versions")) return { system: "bundles", call: "list-bundle-versions", secretId: id };
  const { secretName, vaultId } = request.query;
  const secret =
    id === "actions"
      ? Object.values(state.vault.secrets).find((named) => named.name === secretName && named.vaultId === vaultId)
      : own(state.vault.secrets, id);
  const selected = secret === undefined ? undefined : selectBundle(request.query, secret, now);
  // A missing version was requested as CURRENT only if the query names no other selector.
  const asksCurrent = ["versionNumber", "secretVersionName"].every((name) => request.query[name] === undefined);
  const current =
    selected === undefined ? asksCurrent && isCurrent(request.query["stage"]) : selected.stage === "CURRENT";
  return { system: "bundles", call: current ? "read-current" : "read-pending", secretId: secret?.id ?? null };
}

function isCurrent(stage: string | undefined): boolean {
  return stage === undefined || stage === "CURRENT";
}
