import type { CallName, System } from "./call-names.ts";
import { issuerOf } from "./issuers.ts";
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
  const [status, code] = answer;
  const response = issuerOf(system)?.error(status, path) ?? ociError(status, code, "Fault set at the emulator.");
  const seconds = switches["retry-after-seconds"];
  return (status === 429 || status === 409) && seconds !== "none"
    ? { ...response, headers: { ...response.headers, "retry-after": String(seconds) } }
    : response;
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
