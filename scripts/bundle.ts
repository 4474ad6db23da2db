import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { ROOT } from "./run.ts";

export const FUNCTION_FOLDER = "dist/function";
export const FUNCTION_FILE = `${FUNCTION_FOLDER}/func.js`;

/** Folders that belong to other programs or to the tests. */
const FOREIGN_FOLDERS = /^(?:src\/(?:cli|consumer|demo|emulator|mirror|prove)|test|scripts)\//;

export interface BundleReport {
  /** Of func.js alone. */
  readonly bytes: number;
  /** How many files went in. */
  readonly inputs: number;
  /** Bytes of each library in the bundle, the heaviest first; our own code is called `oci-rotate`. */
  readonly libraries: readonly { readonly name: string; readonly bytes: number }[];
  /** Inputs that must not be there. */
  readonly foreign: readonly string[];
}

/**
 * oci-common asks for a fetch of its own, node-fetch 2, which carries a third of the bundle (a table of host names) and the deprecated
 * punycode, whose warning would reach the function's log. Node has fetch, and our own HTTP client takes even that one's place.
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

function reportOf(metafile: Metafile, bytes: number): BundleReport {
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
    foreign: inputs.filter((input) => FOREIGN_FOLDERS.test(input) || development.has(libraryOf(input))),
  };
}

/**
 * Bundles the function as it runs on OCI: one CommonJS file for Node 22, because the FDK is CommonJS, and not minified, because that made it
 * start slower. Licence comments of the libraries go to a file beside it.
 *
 * @param folder where func.js goes; emptied first
 */
export async function bundleFunction(entry = "src/func.ts", folder = FUNCTION_FOLDER): Promise<BundleReport> {
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
  const report = reportOf(result.metafile, readFileSync(outfile).byteLength);
  if (report.foreign.length > 0) rmSync(target, { recursive: true, force: true });
  return report;
}
