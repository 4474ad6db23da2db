import type { CallName, System } from "./call-names.ts";
import { issuerOf } from "./issuers.ts";
import { withRetryAfter } from "./retry-after.ts";
import type { Switches } from "./switches.ts";
import { type EmulatedResponse, ociError } from "./wire.ts";

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
  /** The first call of that name that it affects, counted from 1 when the fault is added. Default 1. */
  readonly occurrence?: number;
  /** Number of consecutive calls that it affects. Default 1. */
  readonly count?: number;
  /** Affects only this caller (`startCaller`). Default: every caller. */
  readonly caller?: string;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault for this call, if any. Every fault of that name counts the call. */
  next(call: CallName, caller: string): FaultKind | undefined;
  /** Number of calls that faults have affected. */
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
        if (entry.fault.call !== call || (entry.fault.caller ?? caller) !== caller) continue;
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

/** Parses `call:kind[:occurrence]` from the command line. Throws an Error that names the mistake. */
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

/** Status, and the code in OCI's envelope. */
const ANSWERS: Partial<Record<FaultKind, readonly [number, string]>> = {
  "client-error": [400, "InvalidParameter"],
  unauthorized: [401, "NotAuthenticated"],
  conflict: [409, "IncorrectState"],
  "precondition-failed": [412, "NoEtagMatch"],
  "rate-limited": [429, "TooManyRequests"],
  "server-error-before": [500, "InternalServerError"],
  "server-error-after": [500, "InternalServerError"],
};

/** The error response of a kind, in the format of the system that sends it. Undefined for kinds without one. */
export function faultAnswer(
  kind: FaultKind,
  system: System,
  path: string,
  switches: Switches,
): EmulatedResponse | undefined {
  const answer = ANSWERS[kind];
  if (answer === undefined) return undefined;
  const [status, code] = answer;
  const response = issuerOf(system)?.error(status, path) ?? ociError(status, code, "Fault set in the emulator.");
  return status === 429 || status === 409 ? withRetryAfter(response, switches) : response;
}

/** Whether a call takes effect at once under a fault. */
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
