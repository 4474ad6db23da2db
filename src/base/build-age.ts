import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/** `stale`: a source file is newer. Null: the build is the newest, or there is no source beside it, as in a package. */
export function buildProblem(built: string, sourceFolder: string): "absent" | "stale" | null {
  if (!existsSync(built)) return "absent";
  if (!existsSync(sourceFolder)) return null;
  const builtAt = statSync(built).mtimeMs;
  const files = readdirSync(sourceFolder, { recursive: true, withFileTypes: true });
  const sources = files.filter(({ name }) => name.endsWith(".ts"));
  const isNewer = sources.some(({ parentPath, name }) => statSync(path.join(parentPath, name)).mtimeMs > builtAt);
  return isNewer ? "stale" : null;
}
