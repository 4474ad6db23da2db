/** `node scripts/package.ts`, the last part of `npm run build`: the package as it is published, in a folder of its own. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildConsumer, CONSUMER_EXPORTS } from "./consumer/build.ts";
import { ROOT } from "./run.ts";

const PACKAGE_FOLDER = "dist/package";
/** The command line, as its own build leaves it; a tree without one makes a package without one. */
const CLI = { command: "oci-rotate", folder: "dist/cli", file: "oci-rotate.js" };
const TAKEN_OVER = ["name", "version", "description", "license", "type", "engines"] as const;

const target = path.join(ROOT, PACKAGE_FOLDER);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
await buildConsumer(target);
const hasCli = existsSync(path.join(ROOT, CLI.folder, CLI.file));
if (hasCli) cpSync(path.join(ROOT, CLI.folder), path.join(target, "cli"), { recursive: true });

// Everything is bundled, so nothing is installed beside it: no dependencies, and none of the Node that the tree brings for itself.
const manifest: Record<string, unknown> = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const published = {
  ...Object.fromEntries(TAKEN_OVER.map((member) => [member, manifest[member]])),
  ...(hasCli ? { bin: { [CLI.command]: `cli/${CLI.file}` } } : {}),
  exports: CONSUMER_EXPORTS,
  sideEffects: false,
};
writeFileSync(path.join(target, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
