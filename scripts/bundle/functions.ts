/** The bundles of the function and of the mirror's function, as they run on OCI. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { isForeignTo } from "../house/floor-plan.ts";
import { ROOT } from "../run.ts";
import { buildFacts } from "./build-facts.ts";
import { changed, leftOut, replaced } from "./left-out.ts";
import { licenceTexts } from "./licences.ts";
import { merged } from "./metafile.ts";
import { type BundleReport, reportOf } from "./report.ts";
import { leaveOut, loadLate, mend, replace } from "./slim.ts";

const FUNCTION_FOLDER = "dist/function";
export const FUNCTION_FILE = `${FUNCTION_FOLDER}/func.js`;
const MIRROR_FOLDER = "dist/mirror";
export const MIRROR_FILE = `${MIRROR_FOLDER}/func.js`;
/** The files that `fn deploy` needs besides the mirror's bundle. */
const MIRROR_DEPLOYMENT = "deploy/mirror";

/** What the image starts. The code is a file of its own, since Node caches only what is loaded after the cache is on. */
const START = `"use strict";
// The image's build fills the folder. Without it, or if its content is of no use, Node compiles as ever.
require("node:module").enableCompileCache?.(require("node:path").join(__dirname, "compile-cache"));
require("./main.js");
`;

/** What the image's build runs once, to fill the folder of compiled code. */
const WARM_UP = "scripts/image/warm-up.ts";

/** What its names mean in every file, the SDK's among them. */
const IN_PLACE_OF_GLOBALS = "src/clients/http/sdk-headers.ts";

/** Libraries that only some events need: files of their own, loaded when they are used. */
const APART = ["nodemailer", "jose"] as const;

/** Oracle's SDK, which a call that is refused does not need. */
const LATE = ["oci-common", "oci-vault", "oci-secrets"] as const;

const fileOf = (library: string) => `./${library}.js`;

const apart: Plugin = {
  name: "apart",
  setup(api) {
    api.onResolve({ filter: new RegExp(`^(?:${APART.join("|")})$`) }, ({ path: name, kind }) =>
      kind === "entry-point" ? undefined : { path: fileOf(name), external: true },
    );
  },
};

const options = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  // A library apart is CommonJS too.
  supported: { "dynamic-import": false },
  // Node would load its own: jsbn and axios look for a browser, and axios has a stopwatch that nobody reads.
  define: {
    navigator: "undefined",
    performance: "undefined",
    OCI_ROTATE_BUILD: JSON.stringify(JSON.stringify(buildFacts())),
  },
  // Names stay, and lines short: frames in the log say where they are. The map stays out of the image.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  sourcemap: "external",
  legalComments: "external",
  metafile: true,
  logLevel: "silent",
} as const satisfies BuildOptions;

/** CommonJS files for Node 22, because the FDK is CommonJS, and because Node starts them sooner than modules. */
async function bundle(entry: string, folder: string, isForeign: (file: string) => boolean): Promise<BundleReport> {
  const target = path.resolve(ROOT, folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const { metafile } = await build({
    ...options,
    entryPoints: { main: entry },
    outdir: folder,
    inject: [IN_PLACE_OF_GLOBALS],
    plugins: [apart, leaveOut(leftOut), replace(replaced), mend(changed), loadLate(LATE)],
  });
  const metafiles: Metafile[] = [metafile];
  const loaded = new Set(Object.values(metafile.outputs).flatMap(({ imports }) => imports.map((file) => file.path)));
  for (const library of APART.filter((name) => loaded.has(fileOf(name)))) {
    metafiles.push((await build({ ...options, entryPoints: { [library]: library }, outdir: folder })).metafile);
  }
  await build({ ...options, entryPoints: { "warm-up": WARM_UP }, outdir: folder, sourcemap: false });
  const inputs = metafiles.flatMap((file) => Object.keys(file.inputs));
  writeFileSync(`${target}.meta.json`, JSON.stringify(merged(metafiles)));
  writeFileSync(path.join(target, "LICENSES.txt"), licenceTexts(inputs));
  writeFileSync(path.join(target, "func.js"), START);
  // Without it Node would read the files as modules, because the package around dist/ is one.
  writeFileSync(path.join(target, "package.json"), '{ "type": "commonjs" }\n');
  const report = reportOf(metafile, isForeign);
  if (report.foreign.length > 0) rmSync(target, { recursive: true, force: true });
  return report;
}

/** @param folder emptied first */
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
