/** `npm run build`: bundles the function, the mirror's function and the command line and says what is in them. `--quiet`: only problems. `--json`: one line for scripts. */
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { bundleCli, CLI_FILE } from "./bundle/cli.ts";
import { bundleFunction, bundleMirror, FUNCTION_FILE, MIRROR_FILE } from "./bundle/functions.ts";
import type { BundleReport } from "./bundle/report.ts";
import { ROOT } from "./run.ts";

const ENTRY = "src/func.ts";
const LIBRARIES_SHOWN = 12;

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1).padStart(8)} kB`;

function print(report: BundleReport): void {
  console.log(`${FUNCTION_FILE}: ${kilobytes(report.bytes).trim()}, of which`);
  for (const { name, bytes } of report.libraries.slice(0, LIBRARIES_SHOWN)) {
    console.log(`${kilobytes(bytes)}  ${name}`);
  }
  const rest = report.libraries.slice(LIBRARIES_SHOWN);
  if (rest.length > 0) {
    const bytes = rest.reduce((sum, library) => sum + library.bytes, 0);
    console.log(`${kilobytes(bytes)}  ${rest.length} more libraries`);
  }
  console.log(`holds no emulator, command line or test code: checked ${report.inputs} inputs`);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

/** esbuild's errors, without its stack. */
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `the build failed: ${message}`;
}

const { values } = parseArgs({ options: { quiet: { type: "boolean" }, json: { type: "boolean" } } });

if (!existsSync(path.join(ROOT, ENTRY))) {
  fail(`the build failed: the function's entry ${ENTRY} is missing`);
} else {
  try {
    const report = await bundleFunction(ENTRY);
    const mirror = await bundleMirror();
    const cli = await bundleCli();
    if (report.foreign.length > 0) {
      fail(`the build failed: the function's bundle would hold ${report.foreign.join(", ")}`);
    } else if (mirror.foreign.length > 0) {
      fail(`the build failed: the mirror's bundle would hold ${mirror.foreign.join(", ")}`);
    } else if (cli.foreign.length > 0) {
      fail(`the build failed: the command line's bundle would hold ${cli.foreign.join(", ")}`);
    } else if (values.json) {
      console.log(JSON.stringify({ ...report, mirror, cli }));
    } else if (!values.quiet) {
      print(report);
      console.log(`${MIRROR_FILE}: ${kilobytes(mirror.bytes).trim()}, ${mirror.inputs} inputs`);
      console.log(`${CLI_FILE}: ${kilobytes(cli.bytes).trim()} with its chunks, ${cli.inputs} inputs`);
    }
  } catch (error) {
    fail(explain(error));
  }
}
