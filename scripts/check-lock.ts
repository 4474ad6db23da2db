/**
 * `npm run check-lock`: what package-lock.json must hold, so that every machine installs the same and the SDK exists once.
 *
 * Two copies of oci-common start slower, and an error of the one is no `instanceof OciError` of the other.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { forgottenOptionals, type LockFile } from "./lock-file.ts";
import { ROOT } from "./run.ts";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SHARED = "oci-common";
/** An alias names the package too, so that two versions of one can stand side by side. */
const EXACT = /^(?:npm:[\w@/.-]+@)?\d+\.\d+\.\d+$/;

/** Every way in which the lock file and the manifest break the rules, as sentences; none: all is well. */
function problemsOf(manifest: Manifest, lock: LockFile): string[] {
  const { packages } = lock;
  const problems: string[] = [];
  const copies = Object.entries(packages).filter(([place]) => place.endsWith(`node_modules/${SHARED}`));
  if (copies.length !== 1) {
    problems.push(
      `package-lock.json holds ${copies.length} copies of ${SHARED}: ${copies.map(([place]) => place).join(", ")}`,
    );
  }
  const installed = copies[0]?.[1].version;
  for (const [place, { dependencies }] of Object.entries(packages)) {
    const pinned = dependencies?.[SHARED];
    if (place !== "" && pinned !== undefined && pinned !== installed) {
      problems.push(`${place} is made for ${SHARED} ${pinned}, and ${installed} is installed`);
    }
  }
  for (const [place, entry] of Object.entries(packages)) {
    if (place === "" || entry.link) continue;
    if (entry.resolved !== undefined) problems.push(`${place} names a server to install from: ${entry.resolved}`);
    // A package of another platform may have been out of reach when the lock file was made: see complete-lock.ts.
    const otherPlatform = entry.optional && entry.os !== undefined;
    if (entry.integrity === undefined && !otherPlatform) problems.push(`${place} has no integrity hash`);
  }
  for (const { name, version } of forgottenOptionals(lock)) {
    problems.push(`${name} ${version} is missing, so npm ci refuses the file: run npm run complete-lock`);
  }
  const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, range] of Object.entries(direct)) {
    if (!EXACT.test(range)) problems.push(`package.json names ${name} ${range}, which is no exact version`);
  }
  return problems;
}

const read = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));
const lock: LockFile = read("package-lock.json");
const problems = problemsOf(read("package.json"), lock);

for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  process.exitCode = 1;
} else {
  const version = lock.packages[`node_modules/${SHARED}`]?.version;
  console.log(`package-lock.json: ${Object.keys(lock.packages).length - 1} packages, one ${SHARED} ${version}`);
}
