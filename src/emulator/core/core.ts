import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";
import { type InvokeFunction, invocationAnswer } from "../functions/api.ts";
import type { StoredFunction } from "../functions/state.ts";
import { classify } from "./classify.ts";
import { dispatch } from "./dispatch.ts";
import { type FaultKind, type Faults, faultAnswer, landsNow } from "./faults.ts";
import { issuerOf } from "./issuers.ts";
import { type RecordedRequest, recordRequest } from "./record.ts";
import type { SignatureVerifier } from "./signature.ts";
import type { EmulatorState, LateRequest } from "./state.ts";
import type { Switches } from "./switches.ts";
import { type EmulatedRequest, type EmulatedResponse, ociError } from "./wire.ts";

/** What happens to a request at the emulator. The transport or the HTTP server makes the caller see it. */
export type Arrival =
  | {
      readonly kind: "answered";
      readonly response: EmulatedResponse | Promise<EmulatedResponse>;
      readonly slow: boolean;
    }
  /** No connection: the request did not reach the server. */
  | { readonly kind: "refused" }
  /** The connection broke after the request was sent. */
  | { readonly kind: "lost" }
  /** The caller is killed now and receives nothing any more. */
  | { readonly kind: "killed"; readonly record: RecordedRequest };

export interface Core {
  readonly requests: RecordedRequest[];
  readonly violations: string[];
  arrive(request: EmulatedRequest, caller: string): Arrival;
  /** Whether a request will be refused for its signature, whatever its body is. */
  refusesUnread(request: EmulatedRequest): boolean;
  /** Applies the effect of a request later, without a response. */
  landLater(request: EmulatedRequest, caller: string, due: number): void;
  /** Applies every effect that is due. */
  advance(): void;
  onChange(listener: () => void): void;
  changed(): void;
  /** For another core that continues from here with a copy of the state. Records that may still change are copied. */
  past(): CorePast;
}

export interface CoreParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly state: EmulatorState;
  readonly switches: Switches;
  readonly faults: Faults;
  readonly signatures: SignatureVerifier;
  readonly invoke: () => InvokeFunction | undefined;
  /** What an earlier core recorded; null: nothing. */
  readonly past: CorePast | null;
  /** Keeps no records. */
  readonly forgets: boolean;
}

/** What a core has recorded, besides the state. */
export interface CorePast {
  readonly requests: readonly RecordedRequest[];
  readonly violations: readonly string[];
  /** The record of each request in `state.late`, if this run made it. */
  readonly late: readonly (RecordedRequest | null)[];
}

/** The synchronous core: it records a request, applies its fault, and makes its effect. */
export function createCore(parts: CoreParts): Core {
  const { clock, entropy, state, switches, faults, signatures } = parts;
  const past = copiedPast(parts.past ?? { requests: [], violations: [], late: [] });
  const requests: RecordedRequest[] = [...past.requests];
  const violations: string[] = [...past.violations];
  const listeners: (() => void)[] = [];
  let sequence = requests.length;
  /** Only of this run: late requests left by an earlier run have no record here. */
  const lateRecords = new WeakMap<LateRequest, RecordedRequest>();
  past.late.forEach((record, index) => {
    const entry = state.late[index];
    if (record !== null && entry !== undefined) lateRecords.set(entry, record);
  });

  const finish = (request: EmulatedRequest, response: EmulatedResponse, sequence: number): EmulatedResponse => {
    response.headers["date"] = new Date(clock.now()).toUTCString();
    response.headers["opc-request-id"] = `${request.headers["opc-request-id"] ?? "emulator"}/${sequence}`;
    return response;
  };

  const invocation = async (
    fn: StoredFunction,
    request: EmulatedRequest,
    callId: string,
  ): Promise<EmulatedResponse> => {
    const invoke = parts.invoke();
    if (invoke === undefined) {
      return ociError(502, "FunctionInvokeImageNotAvailable", "The emulator was started without a function.");
    }
    const outcome = invoke(fn.id, request.body, { callId, timeoutMs: fn.timeoutInSeconds * 1000 });
    if (request.headers["fn-invoke-type"] === "detached") {
      outcome.catch(() => undefined);
      return { status: 202, headers: { "fn-call-id": callId }, body: "" };
    }
    return invocationAnswer(await outcome, callId);
  };

  const postpone = (record: RecordedRequest, request: EmulatedRequest, due: number) => {
    const entry: LateRequest = { due, request };
    lateRecords.set(entry, record);
    state.late.push(entry);
  };

  /** Returns whether anything took effect. */
  const advance = () => {
    if (state.late.length === 0) return false;
    const now = clock.now();
    const due = state.late.filter((entry) => entry.due <= now).sort((a, b) => a.due - b.due);
    state.late = state.late.filter((entry) => entry.due > now);
    for (const entry of due) {
      const classified = classify(entry.request, state, entry.due, switches);
      const response = dispatch(entry.request, classified, state, entropy, entry.due, switches);
      const record = lateRecords.get(entry);
      if (record !== undefined) {
        record.landedAt = entry.due;
        record.status = "invoke" in response ? null : response.status;
      }
    }
    return due.length > 0;
  };

  const changed = () => {
    for (const listener of listeners) {
      listener();
    }
  };

  const register = (request: EmulatedRequest, caller: string, fault?: FaultKind | null) => {
    const now = clock.now();
    const classified = classify(request, state, now, switches);
    const struck = fault === undefined ? (faults.next(classified.call, caller) ?? null) : fault;
    sequence += 1;
    const about = { ...classified, sequence, time: now, caller, fault: struck };
    const record = recordRequest(request, about);
    if (parts.forgets) return { record, classified };
    requests.push(record);
    if (request.method === "PUT" && request.headers["opc-retry-token"] !== undefined) {
      violations.push(`request ${record.sequence}: UpdateSecret takes no opc-retry-token`);
    }
    return { record, classified };
  };

  const arrive = (request: EmulatedRequest, caller: string): Arrival => {
    const landed = advance();
    const { record, classified } = register(request, caller);
    const { fault } = record;
    let response: EmulatedResponse | Promise<EmulatedResponse> | undefined;
    const unsigned = unsignedProblem(request, classified.system, switches, signatures.problem);
    if (fault !== null && !landsNow(fault)) {
      response = faultAnswer(fault, classified.system, request.path, switches);
    } else if (unsigned !== undefined) {
      response = ociError(
        401,
        "NotAuthenticated",
        `The required information to complete authentication was not provided or was incorrect: ${unsigned}.`,
      );
    } else {
      const handled = dispatch(request, classified, state, entropy, clock.now(), switches);
      response = "invoke" in handled ? invocation(handled.invoke, request, entropy.uuid()) : handled;
    }
    if (fault === "lands-late") {
      postpone(record, request, clock.now() + switches["late-ms"]);
    }
    // What a read brings to its end by itself, such as an update, ends again when the state is read from a file.
    if (landed || request.method !== "GET") changed();
    return carry(request, record, classified.system, response);
  };

  const carry = (
    request: EmulatedRequest,
    record: RecordedRequest,
    system: RecordedRequest["system"],
    response: EmulatedResponse | Promise<EmulatedResponse> | undefined,
  ): Arrival => {
    if (response !== undefined && !(response instanceof Promise)) {
      record.status = response.status;
    }
    switch (record.fault) {
      case "refused":
        return { kind: "refused" };
      case "answer-lost":
      case "lands-late":
        return { kind: "lost" };
      case "killed-before":
      case "killed-after":
        return { kind: "killed", record };
      default:
        break;
    }
    const shown =
      record.fault === "server-error-after"
        ? (faultAnswer(record.fault, system, request.path, switches) ?? response)
        : response;
    if (shown === undefined) throw new Error(`no answer for the fault ${record.fault ?? "none"}`);
    const complete = (answer: EmulatedResponse) => {
      record.status = answer.status;
      const finished = finish(request, answer, record.sequence);
      return record.fault === "truncated" ? broken(finished, switches) : finished;
    };
    return {
      kind: "answered",
      response: shown instanceof Promise ? shown.then(complete) : complete(shown),
      slow: record.fault === "too-slow",
    };
  };

  return {
    requests,
    violations,
    arrive,
    refusesUnread: (request) => {
      const { system } = classify(request, state, clock.now(), switches);
      return unsignedProblem(request, system, switches, signatures.problemBefore) !== undefined;
    },
    advance,
    changed,
    past: () => copiedPast({ requests, violations, late: state.late.map((entry) => lateRecords.get(entry) ?? null) }),
    landLater: (request, caller, due) => {
      const { record } = register(request, caller, null);
      postpone(record, request, due);
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
  };
}

function copiedPast({ requests, violations, late }: CorePast): CorePast {
  const copies = new Map(late.flatMap((record) => (record === null ? [] : [[record, { ...record }] as const])));
  return {
    requests: requests.map((record) => copies.get(record) ?? record),
    violations: [...violations],
    late: late.map((record) => (record === null ? null : (copies.get(record) ?? record))),
  };
}

function unsignedProblem(
  request: EmulatedRequest,
  system: RecordedRequest["system"],
  switches: Switches,
  problem: SignatureVerifier["problem"],
): string | undefined {
  if (switches["verify-signatures"] === "off" || system === "receivers") return undefined;
  // At an issuer a signature is one of several credentials at most; elsewhere it is the only one.
  const signed = request.headers["authorization"]?.startsWith("Signature ") === true;
  return issuerOf(system) !== undefined && !signed ? undefined : problem(request);
}

/** A 2xx whose body cannot be parsed: cut in half, or replaced by a proxy's page. */
function broken(response: EmulatedResponse, switches: Switches): EmulatedResponse {
  return switches["truncated-body"] === "half"
    ? { ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)) }
    : { ...response, headers: { ...response.headers, "content-type": "text/html" }, body: "<html>Bad gateway</html>" };
}
