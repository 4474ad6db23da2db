/** The sources of the house, and what each file imports: type-only, dynamic and re-exporting imports too. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Source {
  /** From the folder of package.json, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  readonly to: string;
  /** `import("...")` at run time. */
  readonly isDynamic: boolean;
}

/** Every TypeScript file in these folders. */
export function sourcesIn(root: string, folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => {
        const file = path.posix.join(folder, name.replaceAll(path.sep, "/"));
        return { path: file, text: readFileSync(path.join(root, file), "utf8") };
      }),
  );
}

/** The formatter has every statement begin its line, which keeps texts and comments out. */
const STATIC = /^(?:import|export)\b(?:[^;'"]*?\bfrom\b)?\s*"(\.[^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"/g;

/** What one file imports of this repository; libraries are not among it. */
export function importsOf({ path: from, text }: Source): Import[] {
  const found = (pattern: RegExp, isDynamic: boolean) =>
    [...text.matchAll(pattern)].map(([, target = ""]) => ({
      from,
      to: path.posix.join(path.posix.dirname(from), target),
      isDynamic,
    }));
  return [...found(STATIC, false), ...found(DYNAMIC, true)];
}
