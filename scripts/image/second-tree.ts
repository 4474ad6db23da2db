/** A tree of its own to build in, as the image's build has one: what is copied there, and the libraries that the build needs. */
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";

/** What the Dockerfile copies. */
const SOURCES = ["package.json", "package-lock.json", ".npmrc", "LICENSE", "tsconfig.json", "scripts", "src", "deploy"];
/** Of the packages that only the development needs, those that build. */
const BUILDERS = /^node_modules\/(?:esbuild|@esbuild\/.*)$/;

interface LockEntry {
  readonly dev?: boolean;
}

/** Hard links: the same files under other names, so that a path in the output shows. */
function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) link(source, target);
    else if (entry.isFile()) linkSync(source, target);
  }
}

function layOut(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of SOURCES) {
    const filter = (file: string) => !file.includes(`${path.sep}.terraform`);
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true, filter });
  }
  const lock: { packages: Record<string, LockEntry> } = JSON.parse(
    readFileSync(path.join(ROOT, "package-lock.json"), "utf8"),
  );
  const top = readdirSync(path.join(ROOT, "node_modules"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      name.startsWith("@")
        ? readdirSync(path.join(ROOT, "node_modules", name)).map((part) => `${name}/${part}`)
        : [name],
    )
    .map((name) => `node_modules/${name}`);
  for (const name of top) {
    const entry = lock.packages[name];
    if (entry !== undefined && (entry.dev !== true || BUILDERS.test(name))) {
      link(path.join(ROOT, name), path.join(folder, name));
    }
  }
}

/** Builds there. @param env in which the surroundings of two builds differ */
export function buildIn(folder: string, env: Readonly<Record<string, string>>): void {
  layOut(folder);
  const { status, stdout, stderr } = run(process.execPath, ["scripts/build.ts", "--quiet"], { cwd: folder, env });
  if (status !== 0) throw new Error(`the build in ${folder} failed: ${stdout}${stderr}`);
}
