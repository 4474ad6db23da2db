import type { EmulatedRequest, EmulatedResponse } from "./wire.ts";

/** What a receiver of notifications got, oldest first. */
export interface Received {
  readonly at: number;
  /** The path after `/receivers/`, or the topic's OCID. */
  readonly to: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ReceiversState {
  webhooks: Received[];
  topics: Received[];
}

export const RECEIVERS_PATH = "/receivers/";
/** Requests below this path are answered 503. */
const UNAVAILABLE = "unavailable";

/** Receivers of webhooks. Every path under `/receivers/` is one, and accepts everything. */
export function handleReceivers(request: EmulatedRequest, state: ReceiversState, now: number): EmulatedResponse {
  const to = request.path.slice(RECEIVERS_PATH.length);
  if (request.method !== "POST") return { status: 405, headers: {}, body: "" };
  if (to.split("/")[0] === UNAVAILABLE) return { status: 503, headers: {}, body: "" };
  state.webhooks.push({ at: now, to, headers: { ...request.headers }, body: request.body });
  return { status: 204, headers: {}, body: "" };
}
