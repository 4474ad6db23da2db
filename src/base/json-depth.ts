/** No document that we read is nested this deep. */
const MAX_DEPTH = 32;

/**
 * Whether a JSON text is nested so deep that a recursive walk, ours or a library's, may overflow the stack. Such a text counts as
 * unreadable. For text that is not JSON the result means nothing.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isInString = !isInString;
    else if (isInString) {
      if (character === "\\") at += 1;
    } else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
