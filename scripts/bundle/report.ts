/** What is in a bundle. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Metafile } from "esbuild";
import { ROOT } from "../run.ts";

export interface BundleReport {
  /** Of what a rotation at OCI IAM loads. */
  readonly bytes: number;
  /** How many files went in. */
  readonly inputs: number;
  /** Bytes of each library in the bundle, the heaviest first; our own code is called `oci-rotate`. */
  readonly libraries: readonly { readonly name: string; readonly bytes: number }[];
  /** Inputs that must not be there. */
  readonly foreign: readonly string[];
}

const OWN = "oci-rotate";
/** What our plugins put in the place of modules. */
const STANDING_IN = "in place of what is left out";

/** `node_modules/a/node_modules/@b/c/x.js` belongs to `node_modules/a/node_modules/@b/c`; null: no library. */
export function libraryFolder(input: string): string | null {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? null;
}

function libraryOf(input: string): string {
  if (input.includes(":")) return STANDING_IN;
  return libraryFolder(input)?.split("node_modules/").at(-1) ?? OWN;
}

function developmentLibraries(): Set<string> {
  const manifest: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(path.join(ROOT, "package.json"), "utf8"),
  );
  return new Set(Object.keys(manifest.devDependencies));
}

export function foreignIn(inputs: readonly string[], isForeign: (file: string) => boolean): string[] {
  const development = developmentLibraries();
  return inputs.filter((input) => isForeign(input) || development.has(libraryOf(input)));
}

export function reportOf({ inputs, outputs }: Metafile, isForeign: (file: string) => boolean): BundleReport {
  const weights = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.values(outputs).flatMap((output) => Object.entries(output.inputs))) {
    const name = libraryOf(input);
    weights.set(name, (weights.get(name) ?? 0) + bytesInOutput);
  }
  return {
    bytes: Object.entries(outputs).reduce((sum, [file, { bytes }]) => sum + (file.endsWith(".js") ? bytes : 0), 0),
    inputs: Object.keys(inputs).length,
    libraries: [...weights].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes),
    foreign: foreignIn(Object.keys(inputs), isForeign),
  };
}
