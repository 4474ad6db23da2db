import { RotationError } from "../base/errors.ts";

const actions = ["mirror", "register", "callbacks", "unregister"] as const;

/**
 * What may arrive. `hint`: the Credential Exchange, or anyone who found the callback's address, says that something has changed. Nothing in
 * it is trusted but its arrival.
 */
export type MirrorEvent =
  | { readonly kind: "hint" }
  | { readonly kind: "action"; readonly action: (typeof actions)[number] };

type Headers = Readonly<Record<string, readonly string[]>>;

const MAX_EVENT_BYTES = 65_536;
const HTTP_HEADER = /^fn-(?:http-|intent$)/i;

/**
 * An API gateway marks the requests that it passes on (Source: Fn project, HTTP gateway headers). Callers through it cannot start an
 * action.
 */
function cameOverHttp(headers: Headers): boolean {
  return Object.keys(headers).some((name) => HTTP_HEADER.test(name));
}

/** The action requested by a schedule or an operator, known or not; undefined: the event is a hint. */
function askedIn(body: Uint8Array, headers: Headers): unknown {
  if (cameOverHttp(headers) || body.byteLength > MAX_EVENT_BYTES) return undefined;
  try {
    const event: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof event === "object" && event !== null ? Reflect.get(event, "action") : undefined;
  } catch {
    return undefined;
  }
}

export function isHint(body: Uint8Array, headers: Headers): boolean {
  return askedIn(body, headers) === undefined;
}

/**
 * Parses the body of an invocation: `{action}` from a schedule or an operator. Anything else is a hint, including the malformed body that
 * Oracle documents for its callback.
 * @throws RotationError EVENT_INVALID for an unknown action, only if the call came without a gateway
 */
export function parseMirrorEvent(body: Uint8Array, headers: Headers): MirrorEvent {
  const asked = askedIn(body, headers);
  if (asked === undefined) return { kind: "hint" };
  const action = actions.find((known) => known === asked);
  if (action === undefined) throw new RotationError("EVENT_INVALID", `action must be one of ${actions.join(", ")}`);
  return { kind: "action", action };
}
