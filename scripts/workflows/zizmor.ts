/** zizmor, which finds what an attacker could use in a workflow. It comes from PyPI, once, into the cache. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";

const VERSION = "1.32.0";
const LIMIT_MS = 300_000;

function must(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = run(command, args, { timeoutMs: LIMIT_MS });
  if (status === 0) return;
  throw new Error(
    `zizmor ${VERSION} could not be installed: ${stdout}${stderr}Next: install Python 3 with venv and pip.`,
  );
}

/** @returns its program. @throws Error if it cannot be had: the gate fails and is never skipped */
export function installZizmor(): string {
  const folder = path.join(ROOT, ".cache", `zizmor-${VERSION}`);
  const bin = path.join(folder, "bin");
  // Programs of a virtual environment name its folder, so it cannot be made elsewhere and then moved: a last file says that it is whole.
  const complete = path.join(folder, "complete");
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    must("python3", ["-m", "venv", folder]);
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-input",
      "--disable-pip-version-check",
      "--only-binary",
      ":all:",
    ];
    must(path.join(bin, "python3"), [...pip, `zizmor==${VERSION}`]);
    writeFileSync(complete, "");
  }
  return path.join(bin, "zizmor");
}
