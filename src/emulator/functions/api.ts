import type { Surroundings } from "../core/surroundings.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  json,
  notAuthorizedOrNotFound,
  own,
  pathPart,
} from "../core/wire.ts";
import {
  getApplication,
  getFunction,
  listApplications,
  listFunctions,
  updateApplication,
  updateFunction,
} from "./management.ts";
import type { StoredFunction } from "./state.ts";

/** Calls a function as Vault and `InvokeFunction` do. `status` is the platform's: 200, or 502 and 504 if the function failed. */
export type InvokeFunction = (
  functionId: string,
  event: string,
  options: {
    readonly callId: string;
    readonly timeoutMs: number;
    /** In addition to the platform's own, as an API gateway adds them. */
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<{ readonly status: number; readonly body: string }>;

const PATH = /^\/\d{8}\/(functions|applications)(?:\/([^/]+)(\/actions\/invoke)?)?$/;

/** The Functions API at any version of its path. InvokeFunction names the function to be called. Undefined: no operation of it. */
export function handleFunctions(
  request: EmulatedRequest,
  surroundings: Surroundings,
): EmulatedResponse | { readonly invoke: StoredFunction } | undefined {
  const [path, kind, id, invoke] = PATH.exec(request.path) ?? [];
  const { functions, applications } = surroundings.state.functions;
  const { method } = request;
  if (path === undefined) return undefined;
  if (id === undefined) {
    const list = kind === "functions" ? listFunctions : listApplications;
    return method === "GET" ? list(request, surroundings) : undefined;
  }
  if (invoke !== undefined) {
    const found = own(functions, pathPart(id));
    if (kind !== "functions" || method !== "POST") return undefined;
    return found === undefined ? notAuthorizedOrNotFound() : { invoke: found };
  }
  if (method !== "GET" && method !== "PUT") return undefined;
  if (kind === "functions") {
    const fn = own(functions, pathPart(id));
    if (fn === undefined) return notAuthorizedOrNotFound();
    return method === "GET" ? getFunction(request, fn) : updateFunction(request, fn, surroundings);
  }
  const application = own(applications, pathPart(id));
  if (application === undefined) return notAuthorizedOrNotFound();
  return method === "GET" ? getApplication(application) : updateApplication(request, application, surroundings);
}

/** InvokeFunction's answer to what the platform got from the function (API reference, Functions; fn agent). */
export function invocationAnswer(outcome: { status: number; body: string }, callId: string): EmulatedResponse {
  const headers = { "fn-call-id": callId };
  if (outcome.status === 200) {
    return { status: 200, headers: { ...headers, "content-type": "application/json" }, body: outcome.body };
  }
  return outcome.status === 504
    ? json(504, { code: "FunctionInvokeExecutionTimeout", message: "function timed out" }, headers)
    : json(502, { code: "FunctionInvokeExecutionFailed", message: "function failed" }, headers);
}
