/**
 * A lint rule that never fires proves nothing. This writes small violating files into a fresh folder, next to a copy of
 * the linter's configuration. It runs the linter once and expects exactly the diagnostics that `lint-rule-cases.ts`
 * names. The folder is outside the tree, so an interrupted run leaves no violating source behind.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type LintCase, lintCases } from "./lint-rule-cases.ts";
import { runTool } from "./run.ts";

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string };
}

/** One run of the linter over files that all have different names. */
function lint(root: string, cases: readonly LintCase[]): Diagnostic[] {
  for (const { path: file, code } of cases) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), `${code}\n`);
  }
  cpSync("biome.json", path.join(root, "biome.json"));
  cpSync("biome-plugins", path.join(root, "biome-plugins"), { recursive: true });
  const result = runTool("biome", ["lint", ".", "--reporter=json", "--max-diagnostics=none"], { cwd: root });
  const report: unknown = JSON.parse(result.stdout);
  if (
    typeof report !== "object" ||
    report === null ||
    !("diagnostics" in report) ||
    !Array.isArray(report.diagnostics)
  ) {
    throw new Error(`the linter gave no report: ${result.stderr}`);
  }
  return report.diagnostics as Diagnostic[];
}

/** Groups the cases so that no group names a file twice. */
function rounds(cases: readonly LintCase[]): LintCase[][] {
  const groups: LintCase[][] = [];
  for (const one of cases) {
    const group = groups.find((members) => members.every((member) => member.path !== one.path));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

const root = mkdtempSync(path.join(tmpdir(), "lint-rules-"));
const failures: string[] = [];
try {
  for (const [index, cases] of rounds(lintCases).entries()) {
    const diagnostics = lint(path.join(root, `round-${index}`), cases);
    for (const { path: file, code, expected } of cases) {
      const found = diagnostics.filter(
        (diagnostic) => path.normalize(diagnostic.location.path) === path.normalize(file),
      );
      const texts = found.map(({ category, message }) => `${category} ${message}`);
      const held = expected === null ? texts.length === 0 : texts.some((text) => text.includes(expected));
      if (!held)
        failures.push(
          `${file}\n  ${code.replaceAll("\n", "\n  ")}\n  expected ${expected ?? "no diagnostic"}, got: ${texts.join("; ") || "none"}`,
        );
    }
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
console.log(`lint rules: ${lintCases.length - failures.length} of ${lintCases.length} cases hold`);
process.exitCode = failures.length === 0 ? 0 : 1;
