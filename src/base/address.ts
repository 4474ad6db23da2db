import { isSafeOrigin } from "./origin.ts";

/**
 * The text of an address before any URL parser has mended it: scheme, host, an optional port, then segments of unreserved and encoded
 * characters (RFC 3986, sections 2.1 and 2.3), and one slash at the end. Categories C and Z are control and format characters, and blanks.
 */
const ADDRESS =
  /^(https?:\/\/(?:\[[0-9A-Fa-f:.]+\]|[^/\\?#%;@:[\]<>^|`"{}\p{C}\p{Z}]+)(?::\d{1,5})?)((?:\/[\w.~%-]+)*)\/?$/u;
/** What a server or a proxy may take for more than one segment of a path, even encoded. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const NOT_IN_SEGMENT = /[/\\?#%;\u0000-\u001f\u007f-\u009f]/;

/**
 * A host as a parser writes it. Names of the network are of these characters (RFC 1123, section 2.1; some have an underscore), while a parser
 * takes more: `$(x)` or `a;b` would be a command in a line to paste, and a comma begins another entry of a setting.
 */
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;

/** Whether a segment is written in the one form that is compared: what needs it is encoded, in capitals, and nothing else. */
function isCanonical(segment: string): boolean {
  if (segment === "." || segment === "..") return false;
  try {
    const text = decodeURIComponent(segment);
    return encodeURIComponent(text) === segment && !NOT_IN_SEGMENT.test(text);
  } catch {
    return false;
  }
}

/**
 * An address in the one form that is compared and sent: scheme, host in lower case and punycode, port unless it is the default one, path
 * without a slash at the end. Paths keep their case.
 * @returns null if the text is refused: what a parser would mend, such as `..`, `//`, `%2e` or a backslash, is never mended
 */
export function canonicalAddress(text: string): string | null {
  const match = ADDRESS.exec(text);
  if (match === null) return null;
  const [, start = text, path = text] = match;
  if (!path.split("/").every(isCanonical) || !URL.canParse(start)) return null;
  const { origin, hostname } = new URL(start);
  return HOST.test(hostname) ? `${origin}${path}` : null;
}

/** Whether credentials may be sent there at all: `https:`, or `http:` on loopback. @param address as `canonicalAddress` gives it */
export function isSafeAddress(address: string): boolean {
  return isSafeOrigin(new URL(address).origin);
}

/**
 * Whether OROT_ISSUER_ORIGINS, if set, admits an address.
 * @param origins canonical addresses; one without a path admits every path there, one with a path only that address
 */
export function isAdmitted(address: string, origins: readonly string[]): boolean {
  const { origin } = new URL(address);
  return origins.some((admitted) => admitted === address || admitted === origin);
}
