/**
 * `npm run check-image`: the rules of the Dockerfiles, two builds in two folders with the same bytes, and the bill of materials. It needs no
 * Docker, so it does not see the bases, the layers and the compiled code.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { basesOf, isPinned, problemsOf, readDockerfile } from "./image/dockerfile.ts";
import { writeBill } from "./image/sbom.ts";
import { buildIn, layOut } from "./image/second-tree.ts";
import { ROOT } from "./run.ts";

const DOCKERFILES = ["Dockerfile", "deploy/mirror/Dockerfile"];
const FOLDERS = ["dist/function", "dist/mirror"];
const IN_IMAGE = /(?:\.js|\.txt|^package\.json)$/;
/** Removed once it has run. */
const WARM_UP = "warm-up.js";
const WORK = path.join(ROOT, ".cache", "image");
/** Whatever a build could take from its surroundings differs: folder, its depth, time zone and language. */
const SURROUNDINGS = [
  { folder: path.join(WORK, "a"), env: { TZ: "UTC", LC_ALL: "C" } },
  { folder: path.join(WORK, "a longer name", "b"), env: { TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8" } },
] as const;
const COMMIT = "0123456789ab";
const NOT_CHECKED = ["base images", "layers", "compile cache, which V8 makes anew"];

const { values: options } = parseArgs({ options: { json: { type: "boolean" } } });

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** Files that one of two folders lacks, or that differ. */
function differences(first: string, second: string): { readonly compared: number; readonly different: string[] } {
  const files = [...new Set([...filesBelow(first), ...filesBelow(second)])];
  const contentOf = (folder: string, file: string) => {
    try {
      return readFileSync(path.join(folder, file));
    } catch {
      return null;
    }
  };
  const different = files.filter((file) => {
    const [one, other] = [contentOf(first, file), contentOf(second, file)];
    return one === null || other === null || !one.equals(other);
  });
  return { compared: files.length, different };
}

function sizeOf(folder: string): { readonly files: number; readonly bytes: number } {
  const names = readdirSync(folder).filter((name) => IN_IMAGE.test(name) && name !== WARM_UP);
  return {
    files: names.length,
    bytes: names.reduce((sum, name) => sum + readFileSync(path.join(folder, name)).length, 0),
  };
}

const dockerfiles = DOCKERFILES.map((name) => ({
  name,
  file: readDockerfile(readFileSync(path.join(ROOT, name), "utf8")),
}));
const problems = dockerfiles.flatMap(({ name, file }) => problemsOf(file).map((problem) => `${name}: ${problem}`));
const bases = dockerfiles.flatMap(({ file }) => basesOf(file).map((base) => isPinned(file, base)));

try {
  // Both first, so that a change of the work tree meanwhile is no difference.
  for (const { folder } of SURROUNDINGS) layOut(folder);
  for (const { folder, env } of SURROUNDINGS) buildIn(folder, { ...env, COMMIT });
  const bills = SURROUNDINGS.map(({ folder }) => FOLDERS.map((name) => writeBill(name, folder)));
  problems.push(...bills.flat().flatMap((bill) => bill.problems));
  const [first, second] = SURROUNDINGS.map(({ folder }) => path.join(folder, "dist")) as [string, string];
  const { compared, different } = differences(first, second);
  problems.push(...different.map((file) => `dist/${file} differs between two builds of the same sources`));
  if (!readFileSync(path.join(first, "function", "main.js"), "utf8").includes(COMMIT)) {
    problems.push("the bundle does not name its commit");
  }
  const figures = {
    image: sizeOf(path.join(first, "function")),
    mirrorImage: sizeOf(path.join(first, "mirror")),
    filesCompared: compared,
    areBuildsEqual: different.length === 0,
    sbomComponents: bills[0]?.[0]?.components ?? 0,
    mirrorSbomComponents: bills[0]?.[1]?.components ?? 0,
    bases: bases.length,
    unpinnedBases: bases.filter((pinned) => !pinned).length,
    notChecked: NOT_CHECKED,
  };
  for (const problem of problems) console.error(problem);
  console.log(options.json ? JSON.stringify(figures) : figures);
} finally {
  rmSync(WORK, { recursive: true, force: true });
}
process.exitCode = problems.length === 0 ? 0 : 1;
