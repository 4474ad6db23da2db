/** The bundle of the command line. */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { isForeignTo } from "../house/floor-plan.ts";
import { ROOT } from "../run.ts";
import { nativeFetch, silentLibraries } from "./left-out.ts";
import { licenceTexts } from "./licences.ts";
import { merged } from "./metafile.ts";
import { foreignIn } from "./report.ts";
import { replace } from "./slim.ts";

const CLI_FOLDER = "dist/cli";
export const CLI_FILE = `${CLI_FOLDER}/oci-rotate.js`;

/** CommonJS libraries ask for Node's own modules by `require`, which a module does not have. */
const REQUIRE =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

export interface CliReport {
  /** Of all files together. */
  readonly bytes: number;
  readonly inputs: number;
  /** Inputs that must not be there. */
  readonly foreign: readonly string[];
}

/** Bundles the command line: modules for Node 22, split, so that a command loads only what it needs. */
export async function bundleCli(): Promise<CliReport> {
  const target = path.resolve(ROOT, CLI_FOLDER);
  rmSync(target, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/cli/oci-rotate.ts"],
    outdir: CLI_FOLDER,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node22",
    format: "esm",
    banner: { js: REQUIRE },
    legalComments: "external",
    metafile: true,
    plugins: [replace({ ...nativeFetch, ...silentLibraries })],
    logLevel: "silent",
  });
  writeFileSync(path.join(target, "package.json"), '{ "type": "module" }\n');
  chmodSync(path.resolve(ROOT, CLI_FILE), 0o755);
  writeFileSync(`${target}.meta.json`, JSON.stringify(merged([metafile])));
  const inputs = Object.keys(metafile.inputs);
  writeFileSync(path.join(target, "LICENSES.txt"), licenceTexts(inputs));
  return {
    bytes: Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0),
    inputs: inputs.length,
    foreign: foreignIn(inputs, isForeignTo("cli")),
  };
}
