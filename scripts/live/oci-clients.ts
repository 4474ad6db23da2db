import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";
import { LIVE_CACHE, must } from "./maven.ts";

/** The official command line; it brings the Python SDK `oci`. */
export const OCI_CLI_VERSION = "3.95.1";

const CONSTRAINTS = path.join(ROOT, "scripts", "live", "oci-constraints.txt");
const OLDEST_PYTHON = "3.11";
const VENV_LIMIT_MS = 120_000;
const INSTALL_LIMIT_MS = 420_000;

export interface OciClients {
  /** Folder of the programs `oci` and `python3`. */
  readonly bin: string;
  readonly version: string;
}

/**
 * Installs the official OCI command line from PyPI into a virtual environment, or takes the one that is there. Takes about a minute the first
 * time. Throws an Error with the end of what Python or pip printed.
 */
export function installOciClients(): OciClients {
  const folder = path.join(LIVE_CACHE, `oci-cli-${OCI_CLI_VERSION}`);
  const bin = path.join(folder, "bin");
  const complete = path.join(folder, "complete");
  if (!existsSync(complete)) {
    // Programs of a virtual environment name its folder, so it cannot be made elsewhere and then moved: a last file says that it is whole.
    rmSync(folder, { recursive: true, force: true });
    requirePython();
    must("python3", ["-m", "venv", folder], ROOT, VENV_LIMIT_MS);
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
    const wanted = ["--only-binary", ":all:", "--constraint", CONSTRAINTS, `oci-cli==${OCI_CLI_VERSION}`];
    must(path.join(bin, "python3"), [...pip, ...wanted], ROOT, INSTALL_LIMIT_MS);
    writeFileSync(complete, "");
  }
  const { status, stdout, stderr } = run(path.join(bin, "oci"), ["--version"]);
  const version = stdout.trim();
  if (status !== 0 || version !== OCI_CLI_VERSION) {
    throw new Error(`oci --version answered ${status}: ${version}${stderr.trim()}. Next: remove ${folder}, try again.`);
  }
  return { bin, version };
}

function requirePython(): void {
  const check = `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.replace(".", ", ")}))`;
  if (run("python3", ["-c", check]).status !== 0) {
    throw new Error(`Python ${OLDEST_PYTHON} or newer is needed as python3. Next: install it, with its module venv.`);
  }
}
