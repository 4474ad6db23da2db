/** The text that something thrown has under this name; null: it has none. */
export function textIn(thrown: unknown, name: string): string | null {
  const value: unknown = Reflect.get(Object(thrown), name);
  return typeof value === "string" ? value : null;
}

/** Node's name of an error, such as ECONNREFUSED; its other texts may hold anything. */
export function codeOf(error: unknown): string {
  const code = textIn(error, "code") ?? "";
  return /^[A-Z0-9_]{1,60}$/.test(code) ? code : "no code";
}
