import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { isForeignTo } from "./house/floor-plan.ts";
import { ROOT } from "./run.ts";

export const FUNCTION_FOLDER = "dist/function";
export const FUNCTION_FILE = `${FUNCTION_FOLDER}/func.js`;
const MIRROR_FOLDER = "dist/mirror";
export const MIRROR_FILE = `${MIRROR_FOLDER}/func.js`;
/** The files that `fn deploy` needs besides the mirror's bundle. */
const MIRROR_DEPLOYMENT = "deploy/mirror";
const CLI_FOLDER = "dist/cli";
export const CLI_FILE = `${CLI_FOLDER}/oci-rotate.js`;

export interface BundleReport {
  /** Only func.js. */
  readonly bytes: number;
  /** How many files went in. */
  readonly inputs: number;
  /** Bytes of each library in the bundle, the heaviest first; our own code is called `oci-rotate`. */
  readonly libraries: readonly { readonly name: string; readonly bytes: number }[];
  /** Inputs that must not be there. */
  readonly foreign: readonly string[];
}

/**
 * oci-common brings its own fetch, node-fetch 2. It makes up a third of the bundle (a table of host names) and loads
 * the deprecated punycode, whose warning would reach the function's log. Node has fetch, and our own HTTP client
 * replaces even that one.
 */
const nativeFetch: Plugin = {
  name: "native-fetch",
  setup(api) {
    api.onResolve({ filter: /^(?:isomorphic-fetch|node-fetch)$/ }, () => ({
      path: "fetch",
      namespace: "native-fetch",
    }));
    api.onLoad({ filter: /.*/, namespace: "native-fetch" }, () => ({
      contents: "module.exports = globalThis.fetch; module.exports.default = globalThis.fetch;",
    }));
  },
};

/** `node_modules/a/node_modules/@b/c/x.js` belongs to `@b/c`. */
function libraryOf(input: string): string {
  const inside = input.split("node_modules/").at(-1) ?? input;
  if (inside === input) return "oci-rotate";
  const [first = inside, second = ""] = inside.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function developmentLibraries(): Set<string> {
  const manifest: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(path.join(ROOT, "package.json"), "utf8"),
  );
  return new Set(Object.keys(manifest.devDependencies));
}

function reportOf(metafile: Metafile, bytes: number, isForeign: (file: string) => boolean): BundleReport {
  const weights = new Map<string, number>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = libraryOf(input);
      weights.set(name, (weights.get(name) ?? 0) + bytesInOutput);
    }
  }
  const development = developmentLibraries();
  const inputs = Object.keys(metafile.inputs);
  return {
    bytes,
    inputs: inputs.length,
    libraries: [...weights].map(([name, weight]) => ({ name, bytes: weight })).sort((a, b) => b.bytes - a.bytes),
    foreign: inputs.filter((input) => isForeign(input) || development.has(libraryOf(input))),
  };
}

/**
 * Bundles the function as it runs on OCI: one CommonJS file for Node 22, because the FDK is CommonJS. It is not
 * minified, because that made it start slower. Licence comments of the libraries go to a separate file.
 * @param folder where func.js goes; emptied first
 */
export function bundleFunction(entry = "src/func.ts", folder = FUNCTION_FOLDER): Promise<BundleReport> {
  return bundle(entry, folder, isForeignTo("func.ts"));
}

/**
 * Bundles the mirror's function in the same way, into a folder that `fn deploy` takes as it is. An untrusted callback reaches it, so nothing
 * that rotates is in it.
 */
export async function bundleMirror(): Promise<BundleReport> {
  const report = await bundle("src/mirror-func.ts", MIRROR_FOLDER, isForeignTo("mirror-func.ts"));
  if (report.foreign.length === 0) {
    cpSync(path.resolve(ROOT, MIRROR_DEPLOYMENT), path.resolve(ROOT, MIRROR_FOLDER), { recursive: true });
  }
  return report;
}

async function bundle(entry: string, folder: string, isForeign: (file: string) => boolean): Promise<BundleReport> {
  const target = path.resolve(ROOT, folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const outfile = path.join(target, "func.js");
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    legalComments: "external",
    metafile: true,
    plugins: [nativeFetch],
    logLevel: "silent",
  });
  // Without it Node would read func.js as a module, because the package around dist/ is one.
  writeFileSync(path.join(target, "package.json"), '{ "type": "commonjs" }\n');
  const report = reportOf(result.metafile, readFileSync(outfile).byteLength, isForeign);
  if (report.foreign.length > 0) rmSync(target, { recursive: true, force: true });
  return report;
}

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
    plugins: [nativeFetch],
    logLevel: "silent",
  });
  writeFileSync(path.join(target, "package.json"), '{ "type": "module" }\n');
  chmodSync(path.resolve(ROOT, CLI_FILE), 0o755);
  const inputs = Object.keys(metafile.inputs);
  const development = developmentLibraries();
  const isForeign = isForeignTo("cli");
  return {
    bytes: Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0),
    inputs: inputs.length,
    foreign: inputs.filter((input) => isForeign(input) || development.has(libraryOf(input))),
  };
}
