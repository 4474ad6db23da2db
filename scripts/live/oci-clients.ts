import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";
import { cachedFolder, fetchDependencies, LIVE_CACHE, must } from "./maven.ts";

/** The official command line; it brings the Python SDK `oci`. */
export const OCI_CLI_VERSION = "3.95.1";

/** Oracle's FDK for Python, and the only packages that a function needs of those that it names. */
const PYTHON_FDK = ["fdk==0.1.128", "httptools==0.9.0", "iso8601==0.1.12"];

/** Of each package of the TypeScript SDK. */
const TYPESCRIPT_VERSION = "2.139.1";
const TYPESCRIPT_PARTS = ["common", "vault", "secrets", "workrequests", "functions", "ons"];

/** Programs that call each operation, one per SDK; versions of the SDKs of Go and Java are in their own files. */
const PROGRAMS = path.join(ROOT, "test", "live", "clients");
const CONSTRAINTS = path.join(ROOT, "scripts", "live", "oci-constraints.txt");
const OLDEST_PYTHON = "3.11";
const VENV_LIMIT_MS = 120_000;
const INSTALL_LIMIT_MS = 420_000;

/** A program and its first arguments; what the emulator announced is the last one. */
export type SdkProgram = readonly [string, ...string[]];

export interface OciClients {
  /** Folder of the programs `oci` and `python3`. */
  readonly bin: string;
  readonly version: string;
  /** A folder of Python modules: Oracle's FDK. */
  readonly pythonFdk: string;
  /** By the language of the SDK. */
  readonly sdks: Readonly<Record<"Python" | "Go" | "Java" | "TypeScript", SdkProgram>>;
  /** Reads a secret with the principal of the environment, by the SDK for Java. */
  readonly principal: SdkProgram;
}

/**
 * Installs the official command line and the SDKs from their registries, as their own tools are set up to reach them, or takes those that are
 * there. Takes some minutes the first time. Throws an Error with the end of what a tool printed.
 */
export function installOciClients(): OciClients {
  const { bin, version } = installCommandLine();
  const java = buildJava();
  const sdks = {
    Python: [path.join(bin, "python3"), path.join(PROGRAMS, "operations.py")],
    Go: buildGo(),
    Java: java("Operations"),
    TypeScript: installTypeScript(),
  } as const;
  return { bin, version, sdks, principal: java("Principal"), pythonFdk: installPythonFdk(bin) };
}

/** The command line, from PyPI, in a virtual environment. */
function installCommandLine(): Pick<OciClients, "bin" | "version"> {
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

function installPythonFdk(bin: string): string {
  return cachedFolder(path.join(LIVE_CACHE, `oci-python-${PYTHON_FDK[0]?.replace("==", "-")}`), (temporary) => {
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
    const wanted = ["--only-binary", ":all:", "--no-deps", "--target", temporary, ...PYTHON_FDK];
    must(path.join(bin, "python3"), [...pip, ...wanted], ROOT, INSTALL_LIMIT_MS);
  });
}

/** A name that changes with the files that a folder of the cache is made from. */
function named(name: string, ...files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(path.join(PROGRAMS, file)));
  return path.join(LIVE_CACHE, `${name}-${hash.digest("hex").slice(0, 12)}`);
}

function buildGo(): SdkProgram {
  const sources = path.join(PROGRAMS, "go");
  const folder = cachedFolder(named("oci-go", "go/go.mod", "go/go.sum", "go/main.go"), (temporary) =>
    must("go", ["build", "-ldflags=-s -w", "-o", path.join(temporary, "operations"), "."], sources, INSTALL_LIMIT_MS),
  );
  return [path.join(folder, "operations")];
}

const JAVA = ["Operations.java", "Principal.java"];

/** @returns the program of a class */
function buildJava(): (name: string) => SdkProgram {
  const files = ["pom.xml", ...JAVA];
  const folder = cachedFolder(named("oci-java", ...files.map((file) => `java/${file}`)), (temporary) => {
    for (const file of files) copyFileSync(path.join(PROGRAMS, "java", file), path.join(temporary, file));
    fetchDependencies(temporary, path.join(temporary, "lib"));
    const sources = JAVA.map((file) => path.join(temporary, file));
    must(
      "javac",
      ["-nowarn", "-cp", path.join(temporary, "lib", "*"), "-d", temporary, ...sources],
      ROOT,
      INSTALL_LIMIT_MS,
    );
  });
  // One short run: the compiler that optimises would cost more than it saves.
  const classes = `${folder}${path.delimiter}${path.join(folder, "lib", "*")}`;
  return (name) => ["java", "-XX:TieredStopAtLevel=1", "-cp", classes, name];
}

function installTypeScript(): SdkProgram {
  const folder = cachedFolder(path.join(LIVE_CACHE, `oci-typescript-${TYPESCRIPT_VERSION}`), (temporary) => {
    writeFileSync(path.join(temporary, "package.json"), '{"private":true}');
    const parts = TYPESCRIPT_PARTS.map((part) => `oci-${part}@${TYPESCRIPT_VERSION}`);
    must(
      "npm",
      ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", ...parts],
      temporary,
      INSTALL_LIMIT_MS,
    );
  });
  return [process.execPath, path.join(PROGRAMS, "operations.mjs"), folder];
}

function requirePython(): void {
  const check = `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.replace(".", ", ")}))`;
  if (run("python3", ["-c", check]).status !== 0) {
    throw new Error(`Python ${OLDEST_PYTHON} or newer is needed as python3. Next: install it, with its module venv.`);
  }
}
