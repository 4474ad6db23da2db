import { appOfClient, domainOf } from "./identity-state.ts";
import { basicCredentials } from "./identity-token.ts";
import { selectBundle } from "./secret-bundles.ts";
import type { EmulatorState } from "./state.ts";
import { versionAt } from "./vault-state.ts";
import { asText, type EmulatedRequest, isObject, type JsonObject, own, parseObject, pathPart } from "./wire.ts";

/** The remote calls of a rotation, as faults, records and the demo name them. */
export const rotationCalls = [
  "get-secret",
  "list-versions",
  "read-current",
  "token-current",
  "write-claim",
  "regenerate",
  "write-pending",
  "read-pending",
  "token-pending",
  "promote",
  "read-app",
] as const;

/** Every name. */
export const callNames = [
  ...rotationCalls,
  "install",
  "read-regenerator",
  "update-metadata",
  "get-version",
  "list-secrets",
  "rotate-secret",
  "cancel-secret-rotation",
  "schedule-version-deletion",
  "cancel-version-deletion",
  "list-bundle-versions",
  "get-work-request",
  "get-function",
  "invoke-function",
  "other",
] as const;

export type CallName = (typeof callNames)[number];
export type System = "vault" | "bundles" | "identity" | "work-requests" | "functions" | "unknown";

export interface Classified {
  readonly system: System;
  readonly call: CallName;
  /** The secret that the path names. */
  readonly secretId: string | null;
}

/** Which system serves a path, and what the product calls that request. */
export function classify(request: EmulatedRequest, state: EmulatorState, now: number): Classified {
  const { path, method } = request;
  if (path.startsWith("/20180608/secrets")) {
    return control(request, pathPart(path.split("/")[3]));
  }
  if (path.startsWith("/20190301/secretbundles")) {
    return data(request, state, now, pathPart(path.split("/")[3]));
  }
  if (path === "/oauth2/v1/token") {
    return { system: "identity", call: tokenCall(request, state), secretId: null };
  }
  if (path.startsWith("/admin/v1/")) {
    return { system: "identity", call: adminCall(path, method), secretId: null };
  }
  if (path.startsWith("/20160918/workRequests")) {
    return { system: "work-requests", call: "get-work-request", secretId: null };
  }
  if (/^\/\d{8}\/functions\//.test(path)) {
    const call = path.endsWith("/actions/invoke") ? "invoke-function" : "get-function";
    return { system: "functions", call, secretId: null };
  }
  return { system: "unknown", call: "other", secretId: null };
}

const CONTROL_ACTIONS: readonly (readonly [string, CallName])[] = [
  ["/actions/scheduleDeletion", "schedule-version-deletion"],
  ["/actions/cancelDeletion", "cancel-version-deletion"],
  ["/actions/rotate", "rotate-secret"],
  ["/actions/cancelRotation", "cancel-secret-rotation"],
];

function control(request: EmulatedRequest, secretId: string): Classified {
  const named = (call: CallName): Classified => ({
    system: "vault",
    call,
    secretId: secretId === "" ? null : secretId,
  });
  if (request.method === "PUT") {
    return named(writeCall(parseObject(request.body)));
  }
  if (request.method === "POST") {
    return named(CONTROL_ACTIONS.find(([ending]) => request.path.endsWith(ending))?.[1] ?? "other");
  }
  if (secretId === "") {
    return named("list-secrets");
  }
  if (request.path.endsWith("/versions")) {
    return named("list-versions");
  }
  return named(request.path.includes("/version/") ? "get-version" : "get-secret");
}

function writeCall(details: JsonObject | undefined): CallName {
  const content = details?.["secretContent"];
  if (isObject(content)) {
    return contentOf(asText(content["content"]) ?? "")?.kind === "claim" ? "write-claim" : "write-pending";
  }
  return details?.["currentVersionNumber"] === undefined ? "update-metadata" : "promote";
}

function data(request: EmulatedRequest, state: EmulatorState, now: number, id: string): Classified {
  if (request.path.endsWith("/versions")) {
    return { system: "bundles", call: "list-bundle-versions", secretId: id };
  }
  const { secretName, vaultId } = request.query;
  const secret =
    id === "actions"
      ? Object.values(state.vault.secrets).find((named) => named.name === secretName && named.vaultId === vaultId)
      : own(state.vault.secrets, id);
  const selected = secret === undefined ? undefined : selectBundle(request.query, secret, now);
  // A version that is not there was asked for as CURRENT only if nothing else was named.
  const asksCurrent = ["versionNumber", "secretVersionName"].every((name) => request.query[name] === undefined);
  const current =
    selected === undefined ? asksCurrent && isCurrent(request.query["stage"]) : selected.stage === "CURRENT";
  return { system: "bundles", call: current ? "read-current" : "read-pending", secretId: secret?.id ?? null };
}

function isCurrent(stage: string | undefined): boolean {
  return stage === undefined || stage === "CURRENT";
}

function tokenCall(request: EmulatedRequest, state: EmulatorState): CallName {
  const credentials = basicCredentials(request.headers["authorization"]);
  if (credentials === undefined) {
    return "token-pending";
  }
  for (const secret of Object.values(state.vault.secrets)) {
    const current = versionAt(secret, "CURRENT");
    const content = current === undefined ? undefined : contentOf(current.content);
    if (content?.clientId === credentials.id) {
      return content.clientSecret === credentials.secret ? "token-current" : "token-pending";
    }
  }
  const app = appOfClient(domainOf(state.identity, request.host), credentials.id);
  const first = app?.firstLogin ?? app?.secret;
  return first === credentials.secret ? "token-current" : "token-pending";
}

function adminCall(path: string, method: string): CallName {
  if (path.startsWith("/admin/v1/AppClientSecretRegenerator")) {
    return method === "POST" ? "regenerate" : "read-regenerator";
  }
  if (path.startsWith("/admin/v1/Apps")) {
    return method === "GET" ? "read-app" : "install";
  }
  return "other";
}

interface ParsedContent {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly kind: string | undefined;
}

const MAX_PARSED = 500;
const parsed = new Map<string, ParsedContent | undefined>();

/** What a version's content says. Contents never change, so each is parsed once; the memory of it is bounded. */
function contentOf(base64: string): ParsedContent | undefined {
  if (parsed.has(base64)) {
    return parsed.get(base64);
  }
  const object = parseObject(Buffer.from(base64, "base64").toString("utf8"));
  const rotation = object?.["_rotation"];
  const content = object && {
    clientId: asText(object["clientId"]),
    clientSecret: asText(object["appSecret"]) ?? asText(object["clientSecret"]),
    kind: isObject(rotation) ? asText(rotation["kind"]) : undefined,
  };
  if (parsed.size >= MAX_PARSED) {
    parsed.clear();
  }
  parsed.set(base64, content);
  return content;
}
