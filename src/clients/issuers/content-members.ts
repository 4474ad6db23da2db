import { canonicalAddress, isSafeAddress } from "../../base/address.ts";
import { RotationError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import type { Content } from "../vault/content.ts";

// No header may hold control characters. Half a surrogate pair (category Cs) cannot be encoded, so nothing could be compared or sent.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const NOT_IN_CLIENT_ID = /[\u0000-\u001f\u007f\p{Cs}]/u;
const LONGEST_TEXT = 2_000;

/** A member that is not as the issuer's content needs it. Names the member, never its value. */
export function invalidMember(member: string, what: string): RotationError {
  return new RotationError("CONTENT_INVALID", `the member ${member} of the secret's content ${what}`);
}

function filledText(content: Content, member: string): string {
  const value = content.member(member);
  if (!content.has(member)) throw invalidMember(member, "is missing");
  if (typeof value !== "string" || value === "") throw invalidMember(member, "must be a string that is not empty");
  return value;
}

/** @throws RotationError CONTENT_INVALID if the member is missing, empty, longer than 2000 characters, or no string */
export function requiredText(content: Content, member: string): string {
  const value = filledText(content, member);
  if (value.length > LONGEST_TEXT) throw invalidMember(member, `is longer than ${LONGEST_TEXT} characters`);
  return value;
}

/** @throws RotationError CONTENT_INVALID if the member is there and empty, or no string */
export function optionalText(content: Content, member: string): string | null {
  return content.has(member) ? requiredText(content, member) : null;
}

/** @throws RotationError CONTENT_INVALID */
export function requiredClientId(content: Content): string {
  const clientId = requiredText(content, "clientId");
  if (NOT_IN_CLIENT_ID.test(clientId)) throw invalidMember("clientId", "must hold no control character");
  return clientId;
}

/**
 * The rotated member. It may be of any length and hold any character: the issuer made it so, and base64 and forms carry them all.
 * @throws RotationError CONTENT_INVALID
 */
export function requiredSecret(content: Content, member: string): Secret {
  return new Secret(filledText(content, member));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const NOT_IN_PATH = /[/\\?#%\u0000-\u001f\u007f-\u009f\p{Cs}]/u;

/**
 * Text of a content that becomes one segment of a path: nothing that a server or a proxy could take for more than that.
 * @throws RotationError CONTENT_INVALID
 */
export function requirePathPart(member: string, text: string): string {
  if (text !== "." && text !== ".." && !NOT_IN_PATH.test(text)) return text;
  throw invalidMember(member, "must be neither . nor .., and hold no / \\ ? # % and no control character");
}

/**
 * An address at which an issuer lives: https (http on loopback), a path or none, nothing after it.
 * @returns as `canonicalAddress` writes it
 * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED
 */
export function requiredBaseUrl(content: Content, member: string): string {
  const address = canonicalAddress(requiredText(content, member));
  if (address === null) {
    throw invalidMember(member, "must be a URL such as https://issuer.example.org/path, with nothing to be mended");
  }
  if (!isSafeAddress(address)) {
    throw new RotationError("ORIGIN_NOT_ALLOWED", `the member ${member} of the secret's content is not https`);
  }
  return address;
}
