/**
 * `npm run complete-lock`, after `npm install`: names the optional packages of other platforms that npm left out of package-lock.json.
 *
 * npm forgets such a package when the registry it was installed from has it not (yet), and `npm ci` then refuses the lock file altogether. The
 * version is the one its parent pins; system, processor and C library stand in its name. Its hash is unknown, so none is written: npm adds
 * it when the lock file is next made where the package can be had.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { forgottenOptionals, type LockedPackage, type LockFile } from "./lock-file.ts";
import { ROOT } from "./run.ts";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** `@biomejs/cli-linux-x64-musl` is for Linux on x64 with musl. Throws where the name does not say. */
function platformOf(name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> {
  const parts = name.split(/[-/]/);
  const os = parts.filter((part) => SYSTEMS.includes(part));
  const cpu = parts.filter((part) => PROCESSORS.includes(part));
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`${name} does not say which platform it is for`);
  const libc = parts.includes("musl") ? "musl" : parts.includes("gnu") ? "glibc" : undefined;
  return { os, cpu, ...(libc === undefined ? {} : { libc: [libc] }) };
}

const file = path.join(ROOT, "package-lock.json");
const lock: LockFile = JSON.parse(readFileSync(file, "utf8"));
const forgotten = forgottenOptionals(lock);
const added = forgotten.map(({ name, version, parent }): [string, LockedPackage] => [
  `node_modules/${name}`,
  { version, ...platformOf(name), ...(parent.dev ? { dev: true } : {}), optional: true },
]);
const packages = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, "en"));
if (added.length > 0)
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} optional packages of other platforms added`);
