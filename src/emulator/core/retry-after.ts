import type { Switches } from "./switches.ts";
import type { EmulatedResponse } from "./wire.ts";

/** The same response with the Retry-After that the switch sets, if it sets one. */
export function withRetryAfter(response: EmulatedResponse, switches: Switches): EmulatedResponse {
  const seconds = switches["retry-after-seconds"];
  return seconds === "none"
    ? response
    : { ...response, headers: { ...response.headers, "retry-after": String(seconds) } };
}
