import { type Zippable, zipSync } from "fflate";
import type { CallName } from "../core/call-names.ts";
import type { EmulatedIssuer } from "../core/emulated-issuer.ts";
import { withRetryAfter } from "../core/retry-after.ts";
import type { Switches } from "../core/switches.ts";
import { asText, type EmulatedRequest, type EmulatedResponse, empty, json, parseObject } from "../core/wire.ts";
import { domainOf } from "../identity/state.ts";
import { bearerApp } from "../identity/token.ts";
import { cesError, credentialsAnswer } from "./answers.ts";
import type { CesState } from "./state.ts";

const API = "/api/data-pe/v1/";
const USECASE = "credentialRotationNotification";
const SCHEMES = ["http:", "https:", "mailto:"];

function operationOf(path: string): string {
  return path.slice(path.indexOf(API) + API.length);
}

/** Registration and removal are idempotent; their responses are undocumented. */
function changeEndpoints(request: EmulatedRequest, state: CesState, switches: Switches): EmulatedResponse {
  const body = parseObject(request.body);
  const url = asText(body?.["endpoint"]) ?? "";
  if (body?.["usecase"] !== USECASE || !URL.canParse(url) || !SCHEMES.includes(new URL(url).protocol)) {
    return cesError(400);
  }
  if (request.method === "DELETE") {
    state.endpoints = state.endpoints.filter((endpoint) => endpoint.url !== url);
  } else if (!state.endpoints.some((endpoint) => endpoint.url === url)) {
    state.endpoints.push({ url, failures: 0 });
  }
  return switches["ces-registration"] === "204" ? empty(204) : json(200, { msg: "OK" });
}

function zipped(state: CesState): EmulatedResponse {
  const [wallet] = state.wallets;
  if (wallet === undefined) return cesError(404);
  const contents = Object.entries(wallet.files).map(([name, base64]) => [name, Buffer.from(base64, "base64")]);
  const files: Zippable = Object.fromEntries(contents);
  return {
    status: 200,
    headers: { "content-type": "application/zip" },
    body: Buffer.from(zipSync(files, { level: 0 })).toString("latin1"),
    encoding: "latin1",
  };
}

function route(request: EmulatedRequest, state: CesState, switches: Switches): EmulatedResponse {
  const operation = operationOf(request.path);
  if (operation === "rotation-notification") {
    return request.method === "GET"
      ? json(200, { endpoints: state.endpoints.map(({ url }) => url) })
      : changeEndpoints(request, state, switches);
  }
  if (request.method !== "GET") return cesError(404);
  if (operation === "fetch-credentials") return credentialsAnswer(state, switches);
  return operation === "fetch-wallet" ? zipped(state) : cesError(404);
}

function callOf({ path, method }: EmulatedRequest): CallName {
  const operation = operationOf(path);
  if (operation === "rotation-notification") {
    return method === "GET" ? "list-callbacks" : method === "DELETE" ? "remove-callback" : "register-callback";
  }
  return operation === "fetch-credentials" || operation === "fetch-wallet" ? operation : "other";
}

/** Oracle Retail's Credential Exchange Service (CES). It serves every release, since the path before its API does not matter. */
export const ces: EmulatedIssuer = {
  system: "ces",
  serves: (path) => path.includes(API),
  classify: callOf,
  handle: (request, surroundings) => {
    const { state, switches } = surroundings;
    const status = switches["ces-status"];
    if (status === "429") return withRetryAfter(cesError(429), switches);
    if (status !== "200") return cesError(Number(status));
    const caller = bearerApp(request, domainOf(state.identity, state.ces.domain), surroundings);
    return caller === undefined ? cesError(401) : route(request, state.ces, switches);
  },
  error: cesError,
};
