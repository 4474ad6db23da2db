/** `node scripts/package.ts`, the last part of `npm run build`: the package as it is published, in its own folder. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CLI_FILE } from "./bundle/cli.ts";
import { buildConsumer, CONSUMER_EXPORTS } from "./consumer/build.ts";
import { ROOT } from "./run.ts";

const PACKAGE_FOLDER = "dist/package";
const TAKEN_OVER = ["name", "version", "description", "license", "type", "engines"] as const;

const target = path.join(ROOT, PACKAGE_FOLDER);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
await buildConsumer(target);
cpSync(path.join(ROOT, "LICENSE"), path.join(target, "LICENSE"));
cpSync(path.join(ROOT, path.dirname(CLI_FILE)), path.join(target, "cli"), { recursive: true });

// Everything is bundled, so nothing else is installed: no dependencies, and not the Node that the tree brings for
// itself.
const manifest: Record<string, unknown> = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const published = {
  ...Object.fromEntries(TAKEN_OVER.map((member) => [member, manifest[member]])),
  bin: { "oci-rotate": `cli/${path.basename(CLI_FILE)}` },
  exports: CONSUMER_EXPORTS,
  sideEffects: false,
};
writeFileSync(path.join(target, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
