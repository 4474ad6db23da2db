/** Runs the drills of the break-glass pages and of the migration, and counts them with the commands of their pages. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { run } from "../run.ts";
import { type Document, shellLines } from "./documents.ts";

const DRILLS = "test/e2e/runbook";
const BREAK_GLASS = "docs/runbook/break-glass";
const MIGRATION = "docs/migration.md";
const LIMIT_MS = 300_000;
const COMMAND = /(?:^|[\s("])(?:oci|oci-rotate) [a-z]/g;

const report = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ title: z.string(), status: z.string() })) })),
});

/** Titles of the tests that passed. */
function passedTests(folder: string): ReadonlySet<string> {
  const file = path.join(folder, "drills.json");
  const { stdout, stderr } = run(
    "npx",
    ["vitest", "run", DRILLS, "--project", "e2e", "--reporter=json", `--outputFile=${file}`],
    // In CI the tests' own settings would send the report elsewhere.
    { timeoutMs: LIMIT_MS, env: { CI: "" } },
  );
  try {
    const { testResults } = report.parse(JSON.parse(readFileSync(file, "utf8")));
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    return new Set(tests.filter(({ status }) => status === "passed").map(({ title }) => title));
  } catch {
    console.error(`${stdout}${stderr}`);
    return new Set();
  }
}

/** A page whose commands are carried out, all of them in their order. */
export const isDrilled = (page: string) => path.posix.dirname(page) === BREAK_GLASS || page === MIGRATION;

export function runDrills(documents: readonly Document[]): { drills: number; commands: number; problems: string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), "drills-"));
  try {
    const passed = passedTests(folder);
    const pages = documents.filter(({ name }) => isDrilled(name));
    const isTried = ({ name }: Document) => passed.has(path.posix.basename(name, ".md"));
    const tried = pages.filter(isTried);
    const commands = tried.flatMap(({ text }) => shellLines(text).flatMap((line) => line.match(COMMAND) ?? []));
    const problems = pages.filter((page) => !isTried(page)).map(({ name }) => `${name}: its drill has not passed`);
    return { drills: tried.length, commands: commands.length, problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
