/**
 * Where an unexpected error came from, without its text: that may hold anything, and lines that look like a stack's own. Empty where text and
 * stack cannot be told apart.
 */
export function framesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  const stack = thrown.stack ?? "";
  const at = stack.indexOf(thrown.message);
  if (at < 0) return [];
  const lines = stack.slice(at + thrown.message.length).split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
