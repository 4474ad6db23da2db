import { RotationError } from "./errors.ts";

/** Node's own sections whose lines show network traffic, including secrets (`util.debuglog` of its libraries). */
const NETWORK_SECTIONS = ["fetch", "http", "http2", "https", "net", "quic", "stream", "tls", "undici", "websocket"];

/** A section as Node reads it in NODE_DEBUG: `*` for any characters, in either case. */
function patternOf(text: string): RegExp {
  const escaped = text.replace(/[|\\{}()[\]^$+?.]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll(",", "$|^")}$`, "i");
}

/**
 * Refuses to work, since Node reads NODE_DEBUG before our first line: removing it here would have no effect.
 * @throws RotationError SETTINGS_INVALID if it makes Node print network traffic
 */
export function requireNoNetworkDebug(environment: Readonly<Record<string, string | undefined>>): void {
  const text = environment["NODE_DEBUG"];
  if (text === undefined) return;
  const pattern = patternOf(text);
  if (!NETWORK_SECTIONS.some((section) => pattern.test(section))) return;
  throw new RotationError(
    "SETTINGS_INVALID",
    "NODE_DEBUG has Node print what goes over the network, secrets among it",
    "take NODE_DEBUG out of the function's configuration, or name no network section in it",
  );
}
