/**
 * Where an unexpected error was thrown, without its text, which may hold anything, even lines in the form of a stack. Empty if text and
 * stack cannot be separated.
 */
export function framesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return [];
  const at = thrown.stack.indexOf(thrown.message);
  if (at < 0) return [];
  const lines = thrown.stack.slice(at + thrown.message.length).split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
