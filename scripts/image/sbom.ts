/** The bill of materials of a bundle: each library in it, with version, address and licence, as CycloneDX wants it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { libraryFolder } from "../bundle/report.ts";
import { ROOT, runTool } from "../run.ts";

export interface Bill {
  readonly components: number;
  readonly problems: readonly string[];
}

const bill = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      group: z.string().optional(),
      version: z.string().optional(),
      purl: z.string().optional(),
      licenses: z.array(z.unknown()).optional(),
    }),
  ),
});
type Component = z.infer<typeof bill>["components"][number];

const metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });
const manifest = z.object({ name: z.string(), version: z.string() });

const metafileOf = (folder: string) => `${folder}.meta.json`;
export const billOf = (folder: string) => `${folder}.cdx.json`;

const nameOf = ({ group, name, version }: Component) =>
  `${group === undefined ? "" : `${group}/`}${name}@${version ?? "?"}`;

/** As name and version: the packages whose files went into the bundle. */
function librariesOf(root: string, inputs: readonly string[]): string[] {
  const folders = new Set(inputs.map(libraryFolder).filter((folder) => folder !== null));
  return [...folders].map((folder) => {
    const { name, version } = manifest.parse(JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8")));
    return `${name}@${version}`;
  });
}

/** What a bill lacks, beside the libraries that were bundled; exported for its test. */
export function problemsOfBill(libraries: readonly string[], components: readonly Component[]): string[] {
  const listed = new Set(components.map(nameOf));
  const bundled = new Set(libraries);
  return [
    ...[...bundled].filter((name) => !listed.has(name)).map((name) => `${name} is bundled and not listed`),
    ...[...listed].filter((name) => !bundled.has(name)).map((name) => `${name} is listed and not bundled`),
    ...components
      .filter(({ purl, licenses }) => purl === undefined || (licenses ?? []).length === 0)
      .map((component) => `${nameOf(component)} has no address or no licence`),
  ];
}

/**
 * Writes the bill beside a bundle's folder. The same bundle makes the same bytes: no time and no number of its own.
 * @param folder of the bundle, below the root; the build has left what went into it beside the folder
 * @param root where it was built
 */
export function writeBill(folder: string, root = ROOT): Bill {
  const file = path.join(root, billOf(folder));
  const args = ["--output-reproducible", "--build-working-dir", root, "--output-file", file];
  const { status, stdout, stderr } = runTool("cyclonedx-esbuild", [...args, path.join(root, metafileOf(folder))], {
    cwd: root,
  });
  if (status !== 0) throw new Error(`no bill of materials of ${folder}: ${stdout}${stderr}`);
  const { components } = bill.parse(JSON.parse(readFileSync(file, "utf8")));
  const { inputs } = metafile.parse(JSON.parse(readFileSync(path.join(root, metafileOf(folder)), "utf8")));
  return {
    components: components.length,
    problems: problemsOfBill(librariesOf(root, Object.keys(inputs)), components),
  };
}
