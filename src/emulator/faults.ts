import type { CallName, System } from "./call-names.ts";
import type { Switches } from "./switches.ts";
import { type EmulatedResponse, ociError, scimError, tokenError } from "./wire.ts";

/** Kinds of faults at one remote call. */
export const faultKinds = [
  "refused",
  "answer-lost",
  "lands-late",
  "killed-before",
  "killed-after",
  "client-error",
  "unauthorized",
  "conflict",
  "precondition-failed",
  "rate-limited",
  "server-error-before",
  "server-error-after",
  "truncated",
  "too-slow",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly call: CallName;
  readonly kind: FaultKind;
  /** The first call of that name that it strikes, counted from 1 when the fault is added. Default 1. */
  readonly occurrence?: number;
  /** How many calls in a row it strikes. Default 1. */
  readonly count?: number;
  /** Strikes this caller alone (`startCaller`). Default: any. */
  readonly caller?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that strikes this call, if any; every fault of that name counts the call. */
  next(call: CallName, caller: string): FaultKind | undefined;
  /** How many calls faults have struck. */
  readonly struck: number;
}

export function createFaults(): Faults {
  let armed: { fault: Fault; seen: number }[] = [];
  let struck = 0;
  return {
    add: (fault) => {
      armed.push({ fault, seen: 0 });
    },
    clear: () => {
      armed = [];
    },
    next: (call, caller) => {
      let kind: FaultKind | undefined;
      for (const entry of armed) {
        if (entry.fault.call !== call || (entry.fault.caller ?? caller) !== caller) {
          continue;
        }
        entry.seen += 1;
        const first = entry.fault.occurrence ?? 1;
        if (kind === undefined && entry.seen >= first && entry.seen < first + (entry.fault.count ?? 1)) {
          kind = entry.fault.kind;
        }
      }
      struck += kind === undefined ? 0 : 1;
      return kind;
    },
    get struck() {
      return struck;
    },
  };
}

/** Reads `call:kind[:occurrence]` as the command line gives it. Throws an Error that names what is wrong. */
export function parseFault(text: string, calls: readonly CallName[]): Fault {
  const [callText, kindText, occurrenceText, ...rest] = text.split(":");
  const call = calls.find((name) => name === callText);
  const kind = faultKinds.find((name) => name === kindText);
  if (call === undefined) {
    throw new Error(`unknown call "${callText}" in a fault. Next: use one of ${calls.join(", ")}.`);
  }
  if (kind === undefined) {
    throw new Error(`unknown kind "${kindText ?? ""}" in a fault. Next: use one of ${faultKinds.join(", ")}.`);
  }
  if (rest.length > 0 || (occurrenceText !== undefined && !/^[1-9]\d{0,5}$/.test(occurrenceText))) {
    throw new Error("a fault is call:kind or call:kind:occurrence. Next: give the occurrence as a number from 1.");
  }
  return { call, kind, ...(occurrenceText === undefined ? {} : { occurrence: Number(occurrenceText) }) };
}

interface ErrorAnswer {
  readonly status: number;
  readonly oci: string;
  readonly token: string;
  readonly scim: string;
}

const ANSWERS: Partial<Record<FaultKind, ErrorAnswer>> = {
  "client-error": {
    status: 400,
    oci: "InvalidParameter",
    token: "invalid_request",
    scim: "error.common.validation.invalidValue",
  },
  unauthorized: {
    status: 401,
    oci: "NotAuthenticated",
    token: "invalid_client",
    scim: "error.common.authentication.failed",
  },
  conflict: { status: 409, oci: "IncorrectState", token: "conflict", scim: "error.common.conflict" },
  "precondition-failed": {
    status: 412,
    oci: "NoEtagMatch",
    token: "precondition_failed",
    scim: "error.common.preconditionFailed",
  },
  "rate-limited": {
    status: 429,
    oci: "TooManyRequests",
    token: "too_many_requests",
    scim: "error.common.tooManyRequests",
  },
  "server-error-before": {
    status: 500,
    oci: "InternalServerError",
    token: "server_error",
    scim: "error.common.internal",
  },
  "server-error-after": {
    status: 500,
    oci: "InternalServerError",
    token: "server_error",
    scim: "error.common.internal",
  },
};

const DETAIL = "Fault set at the emulator.";

/** The error answer of a kind, in the shape of the system that gives it; undefined for kinds that answer otherwise. */
export function faultAnswer(
  kind: FaultKind,
  system: System,
  path: string,
  switches: Switches,
): EmulatedResponse | undefined {
  const answer = ANSWERS[kind];
  if (answer === undefined) {
    return undefined;
  }
  const response = shaped(answer, system, path);
  const seconds = switches["retry-after-seconds"];
  return (answer.status === 429 || answer.status === 409) && seconds !== "none"
    ? { ...response, headers: { ...response.headers, "retry-after": String(seconds) } }
    : response;
}

function shaped(answer: ErrorAnswer, system: System, path: string): EmulatedResponse {
  if (system !== "identity") {
    return ociError(answer.status, answer.oci, DETAIL);
  }
  return path === "/oauth2/v1/token"
    ? tokenError(answer.status, answer.token, DETAIL)
    : scimError(answer.status, answer.scim, DETAIL);
}

/** Whether the effect of a call takes place at once under a fault. */
export function landsNow(kind: FaultKind | undefined): boolean {
  switch (kind) {
    case undefined:
    case "answer-lost":
    case "killed-after":
    case "server-error-after":
    case "truncated":
    case "too-slow":
      return true;
    default:
      return false;
  }
}
