import {
  type EmulatedRequest,
  type EmulatedResponse,
  type JsonObject,
  notEmulated,
  ociError,
  parseObject,
} from "./wire.ts";

/** What is wrong with a member's value, in words; undefined: nothing. `unsupported` is for what is valid, but not emulated. */
export type Problem = string | { readonly unsupported: string } | undefined;
export type Member = (value: unknown, now: number) => Problem;

export const text: Member = (value) => (typeof value === "string" ? undefined : "is not text");
export const truth: Member = (value) => (typeof value === "boolean" ? undefined : "is not true or false");

/**
 * The members of a request body. A member that is null is absent. The answer is a refusal that names the member where one is not documented,
 * is missing, or has another type or range than documented.
 */
export function readMembers(
  request: Pick<EmulatedRequest, "body">,
  members: Readonly<Record<string, Member>>,
  required: readonly string[],
  now: number,
): { readonly details: JsonObject } | { readonly refusal: EmulatedResponse } {
  const parsed = parseObject(request.body === "" ? "{}" : request.body);
  if (parsed === undefined) {
    return { refusal: ociError(400, "CannotParseRequest", "The request body is not a JSON object.") };
  }
  const details: JsonObject = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (value === null) continue;
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    const problem = member === undefined ? "is not a member of this request" : member(value, now);
    if (typeof problem === "string") return { refusal: ociError(400, "InvalidParameter", `${name} ${problem}.`) };
    if (problem !== undefined) return { refusal: notEmulated(`${name}: ${problem.unsupported}`) };
    details[name] = value;
  }
  const missing = required.filter((name) => details[name] === undefined || details[name] === "");
  return missing.length === 0
    ? { details }
    : { refusal: ociError(400, "MissingParameter", `${missing.join(", ")} missing.`) };
}
