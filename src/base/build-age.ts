import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/** `stale`: a source file is newer. Null: the build is the newest, or there is no source beside it, as in a package. */
export function buildProblem(built: string, sourceFolder: string): "absent" | "stale" | null {
  if (!existsSync(built)) return "absent";
  if (!existsSync(sourceFolder)) return null;
  const builtAt = statSync(built).mtimeMs;
  const files = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.some((name) => statSync(path.join(sourceFolder, name)).mtimeMs > builtAt) ? "stale" : null;
}
