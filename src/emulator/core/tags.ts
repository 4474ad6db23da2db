import { isObject } from "./wire.ts";

const MAX_FREEFORM_TAGS = 10;
const MAX_DEFINED_TAGS = 64;
/** Printable ASCII without space and period. */
const KEY = /^[!-\-/-~]{1,100}$/;
const MAX_VALUE = 256;

/** What is wrong with free-form tags, or undefined (documented: Limits on Tags). A malformed one breaks the lists of typed clients. */
export function freeformTagsProblem(tags: unknown): string | undefined {
  if (!isObject(tags)) return "is not an object";
  const entries = Object.entries(tags);
  if (entries.length > MAX_FREEFORM_TAGS) return `holds more than ${MAX_FREEFORM_TAGS} tags`;
  for (const [key, value] of entries) {
    if (!KEY.test(key)) return "holds a key that is not 1 to 100 printable characters without space and period";
    if (typeof value !== "string" || value.length > MAX_VALUE) {
      return `holds a value that is not text of at most ${MAX_VALUE} characters`;
    }
  }
  return undefined;
}

/** What is wrong with defined tags, or undefined: by namespace, then by key, plain values. */
export function definedTagsProblem(tags: unknown): string | undefined {
  if (!isObject(tags)) return "is not an object";
  let count = 0;
  for (const namespace of Object.values(tags)) {
    if (!isObject(namespace)) return "holds a namespace that is not an object";
    for (const value of Object.values(namespace)) {
      count += 1;
      if (!isPlain(value) || String(value).length > MAX_VALUE) {
        return `holds a value that is not plain, or longer than ${MAX_VALUE} characters`;
      }
    }
  }
  return count > MAX_DEFINED_TAGS ? `holds more than ${MAX_DEFINED_TAGS} tags` : undefined;
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
