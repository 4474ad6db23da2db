import { Secret } from "../../base/secret.ts";
import type { CallName, System } from "./call-names.ts";
import type { FaultKind } from "./faults.ts";
import type { EmulatedRequest } from "./wire.ts";

/** One request as the emulator received it. Body and authorization are `Secret`: they print as `[secret]` everywhere. */
export interface RecordedRequest {
  /** From 1. */
  readonly sequence: number;
  /** Emulated time of arrival, ms of the Unix epoch. */
  readonly time: number;
  readonly caller: string;
  readonly system: System;
  readonly call: CallName;
  readonly secretId: string | null;
  readonly method: string;
  readonly host: string;
  /** With its query. */
  readonly target: string;
  readonly body: Secret;
  readonly authorization: Secret;
  /** The fault that affected it, or null. */
  readonly fault: FaultKind | null;
  /** The system's response status, whether or not the response arrived; null: no effect and no response. */
  status: number | null;
  /** Late landings: when the request took effect. */
  landedAt: number | null;
}

export function recordRequest(
  request: EmulatedRequest,
  about: Pick<RecordedRequest, "sequence" | "time" | "caller" | "system" | "call" | "secretId" | "fault">,
): RecordedRequest {
  return {
    ...about,
    method: request.method,
    host: request.host,
    target: request.target,
    body: new Secret(request.body),
    authorization: new Secret(request.headers["authorization"] ?? ""),
    status: null,
    landedAt: null,
  };
}
