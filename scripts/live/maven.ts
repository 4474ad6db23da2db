import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";

/** Where fetched servers, their logs and results are kept; git ignores it. */
export const LIVE_CACHE = path.join(ROOT, ".cache", "live");

const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const FETCH_LIMIT_MS = 300_000;
const UNPACK_LIMIT_MS = 120_000;

/**
 * Makes `folder` completely or not at all: `fill` works in a temporary folder next to it, which is then renamed. An
 * existing folder is used as it is. Name the folder after everything that its contents depend on.
 */
export function cachedFolder(folder: string, fill: (temporary: string) => void): string {
  if (existsSync(folder)) return folder;
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  const temporary = mkdtempSync(path.join(parent, `${path.basename(folder)}.part-`));
  try {
    fill(temporary);
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a program that must succeed. Throws an Error with the end of what it printed. */
export function must(command: string, args: readonly string[], cwd: string, timeoutMs: number): void {
  const { status, stdout, stderr } = run(command, args, { cwd, timeoutMs });
  if (status === 0) return;
  const said = `${stdout}${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(
    `${command} ${args[0] ?? ""} failed. Next: check that ${command} is installed and try again.\n${said}`,
  );
}

const maven = (cwd: string, goal: string, options: Readonly<Record<string, string>>) => {
  const settings = Object.entries(options).map(([name, value]) => `-D${name}=${value}`);
  must(
    "mvn",
    ["--batch-mode", "--quiet", "--no-transfer-progress", `${PLUGIN}:${goal}`, ...settings],
    cwd,
    FETCH_LIMIT_MS,
  );
};

/**
 * Fetches one artifact, without its dependencies, from wherever Maven is set up to fetch. Answers the path of the file.
 * @param coordinates `group:artifact:version`, and `:packaging` where that is not jar: `...:26.7.0:tar.gz`
 * @param into an existing folder
 * @param sha256 in hex. Throws where the file is another one.
 */
export function fetchArtifact(coordinates: string, into: string, sha256: string): string {
  const folder = mkdtempSync(path.join(into, "artifact-"));
  try {
    maven(folder, "copy", { artifact: coordinates, outputDirectory: folder });
    const [name, ...others] = readdirSync(folder);
    if (name === undefined || others.length > 0) {
      throw new Error(`Maven left ${others.length} files for ${coordinates} where one was expected.`);
    }
    const file = path.join(folder, name);
    const found = createHash("sha256").update(readFileSync(file)).digest("hex");
    if (found !== sha256) {
      throw new Error(`${coordinates} has the SHA-256 ${found}, expected ${sha256}. Next: find out who changed it.`);
    }
    const target = path.join(into, name);
    renameSync(file, target);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Copies the dependencies of the Maven project in `project`, theirs included, to `into`. */
export function fetchDependencies(project: string, into: string): void {
  maven(project, "copy-dependencies", { outputDirectory: into, includeScope: "runtime" });
}

/** Unpacks a tar.gz, zip, jar or war into `into`, an existing folder. */
export function unpack(archive: string, into: string): void {
  const [command, flags] = archive.endsWith(".tar.gz") ? ["tar", "-xzf"] : ["jar", "-xf"];
  must(command, [flags, archive], into, UNPACK_LIMIT_MS);
}
