/** No document that we read is nested this deep. */
const MAX_DEPTH = 32;

/**
 * Whether a JSON text is nested so deep that a recursive walk, ours or a library's, may overflow the stack. Such a text counts as
 * unreadable. For text that is not JSON the result means nothing.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** The end of the string that begins at `start`, or of the text if the string does not end. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
