import { page } from "../core/page.ts";
import type { Switches } from "../core/switches.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
  pathPart,
} from "../core/wire.ts";

export interface StoredFunction {
  readonly id: string;
  readonly displayName: string;
  readonly applicationId: string;
  readonly compartmentId: string;
  readonly memoryInMBs: number;
  readonly timeoutInSeconds: number;
  /** Absent in states saved by an earlier edition: none. */
  readonly config?: Readonly<Record<string, string>>;
  /** Configuration of its application; the function's own values take precedence. */
  readonly applicationConfig?: Readonly<Record<string, string>>;
}

export interface FunctionsState {
  functions: Record<string, StoredFunction>;
}

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

const LIST_PATH = /^\/\d{8}\/functions$/;
const APPLICATION_PATH = /^\/\d{8}\/applications\/([^/]+)$/;
const PATH = /^\/\d{8}\/functions\/([^/]+)(\/actions\/invoke)?$/;

/**
 * The Functions API at any version of its path: GetFunction, ListFunctions and GetApplication are answered; InvokeFunction names the function
 * to be called.
 */
export function handleFunctions(
  request: EmulatedRequest,
  state: FunctionsState,
  switches: Switches,
): EmulatedResponse | { readonly invoke: StoredFunction } {
  if (LIST_PATH.test(request.path) && request.method === "GET") {
    return listFunctions(request, state, switches);
  }
  const application = APPLICATION_PATH.exec(request.path);
  if (application !== null) {
    return request.method === "GET" ? getApplication(pathPart(application[1]), state) : notAuthorizedOrNotFound();
  }
  const match = PATH.exec(request.path);
  const found = own(state.functions, pathPart(match?.[1]));
  if (match === null || found === undefined) {
    return notAuthorizedOrNotFound();
  }
  if (match[2] !== undefined) {
    return request.method === "POST" ? { invoke: found } : notAuthorizedOrNotFound();
  }
  return request.method === "GET" ? json(200, functionModel(request, found)) : notAuthorizedOrNotFound();
}

function functionModel({ host }: EmulatedRequest, found: StoredFunction) {
  return {
    id: found.id,
    displayName: found.displayName,
    applicationId: found.applicationId,
    compartmentId: found.compartmentId,
    lifecycleState: "ACTIVE",
    invokeEndpoint: `${/^(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(host) ? "http" : "https"}://${host}`,
    memoryInMBs: found.memoryInMBs,
    timeoutInSeconds: found.timeoutInSeconds,
    config: found.config ?? {},
  };
}

/** An application exists once a function is in it. */
function getApplication(id: string, state: FunctionsState): EmulatedResponse {
  const found = Object.values(state.functions).find((fn) => fn.applicationId === id);
  if (found === undefined) {
    return notAuthorizedOrNotFound();
  }
  return json(200, {
    id,
    compartmentId: found.compartmentId,
    displayName: "rotation",
    lifecycleState: "ACTIVE",
    config: found.applicationConfig ?? {},
  });
}

/** The functions of one application, by name if asked. */
function listFunctions(request: EmulatedRequest, state: FunctionsState, switches: Switches): EmulatedResponse {
  const { applicationId, displayName, id } = request.query;
  if (applicationId === undefined) {
    return ociError(400, "MissingParameter", "applicationId is required.");
  }
  const found = Object.values(state.functions).filter(
    (fn) =>
      fn.applicationId === applicationId &&
      (displayName === undefined || fn.displayName === displayName) &&
      (id === undefined || fn.id === id),
  );
  return page(found, request.query, switches, (fn) => functionModel(request, fn));
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
