/** A tree of its own to build in, as the image's build has one: what is copied there, and the libraries. */
import { cpSync, linkSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";

/** What the Dockerfile copies. */
const SOURCES = ["package.json", "package-lock.json", ".npmrc", "LICENSE", "tsconfig.json", "scripts", "src", "deploy"];
const MODULES = path.join(ROOT, "node_modules");

/** Hard links: the same files under other names, so that a path in the output shows. */
function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) link(source, target);
    else if (entry.isFile()) linkSync(source, target);
  }
}

/** Lays it out, in place of what is there. */
export function layOut(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of SOURCES) {
    const filter = (file: string) => !file.includes(`${path.sep}.terraform`);
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true, filter });
  }
  // All of them: a library that is not there would be found above, in our own tree.
  for (const { name } of readdirSync(MODULES, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    if (!name.startsWith(".")) link(path.join(MODULES, name), path.join(folder, "node_modules", name));
  }
}

/** Builds in such a tree. @param env in which the surroundings of two builds differ */
export function buildIn(folder: string, env: Readonly<Record<string, string>>): void {
  const { status, stdout, stderr } = run(process.execPath, ["scripts/build.ts", "--quiet"], { cwd: folder, env });
  if (status !== 0) throw new Error(`the build in ${folder} failed: ${stdout}${stderr}`);
}
