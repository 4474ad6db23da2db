import { type EmulatedRequest, type EmulatedResponse, json, notAuthorizedOrNotFound, own, pathPart } from "./wire.ts";

export interface StoredFunction {
  readonly id: string;
  readonly displayName: string;
  readonly applicationId: string;
  readonly compartmentId: string;
  readonly memoryInMBs: number;
  readonly timeoutInSeconds: number;
}

export interface FunctionsState {
  functions: Record<string, StoredFunction>;
}

/** Calls a function as Vault and `InvokeFunction` do. `status` is the platform's: 200, or 502 and 504 where the function failed. */
export type InvokeFunction = (
  functionId: string,
  event: string,
  options: { readonly callId: string; readonly timeoutMs: number },
) => Promise<{ readonly status: number; readonly body: string }>;

const PATH = /^\/\d{8}\/functions\/([^/]+)(\/actions\/invoke)?$/;

/** The Functions API at any version of its path: GetFunction is answered; InvokeFunction names the function to be called. */
export function handleFunctions(
  request: EmulatedRequest,
  state: FunctionsState,
): EmulatedResponse | { readonly invoke: StoredFunction } {
  const match = PATH.exec(request.path);
  const found = own(state.functions, pathPart(match?.[1]));
  if (match === null || found === undefined) {
    return notAuthorizedOrNotFound();
  }
  if (match[2] !== undefined) {
    return request.method === "POST" ? { invoke: found } : notAuthorizedOrNotFound();
  }
  return request.method === "GET"
    ? json(200, {
        id: found.id,
        displayName: found.displayName,
        applicationId: found.applicationId,
        compartmentId: found.compartmentId,
        lifecycleState: "ACTIVE",
        invokeEndpoint: `${/^(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(request.host) ? "http" : "https"}://${request.host}`,
        memoryInMBs: found.memoryInMBs,
        timeoutInSeconds: found.timeoutInSeconds,
      })
    : notAuthorizedOrNotFound();
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
