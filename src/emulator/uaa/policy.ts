import type { UaaPolicy } from "./state.ts";

const count = (value: string, pattern: RegExp) => value.match(pattern)?.length ?? 0;

/** Why a zone's policy refuses a value, in UAA's words and order; they never name the value. */
export function policyProblems(value: string | undefined, policy: UaaPolicy): string[] {
  if (value === undefined) return ["Client Secret cannot be null."];
  const needed: readonly (readonly [number, number, string])[] = [
    [policy.requireDigit, count(value, /\d/g), "digit"],
    [policy.requireLowerCaseCharacter, count(value, /\p{Ll}/gu), "lowercase"],
    [policy.requireSpecialCharacter, count(value, /[^\p{L}\p{N}\s]/gu), "special"],
    [policy.requireUpperCaseCharacter, count(value, /\p{Lu}/gu), "uppercase"],
  ];
  return [
    ...(value.length < policy.minLength
      ? [`Client Secret must be at least ${policy.minLength} characters in length.`]
      : []),
    ...(value.length > policy.maxLength
      ? [`Client Secret must be no more than ${policy.maxLength} characters in length.`]
      : []),
    ...needed
      .filter(([least, found]) => found < least)
      .map(([least, , kind]) => `Client Secret must contain at least ${least} ${kind} characters.`),
  ];
}
