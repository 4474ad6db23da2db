/** The licence texts of a bundle and of the libraries in it, for a file beside it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../run.ts";
import { libraryFolder } from "./report.ts";

/** The folder of our own licence. */
const OWN = ".";
const TEXT = /^(?:licen[cs]e|copying|notice)/i;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}

function textOf(folder: string): string {
  const full = path.join(ROOT, folder);
  const { name, version, license }: Manifest = JSON.parse(readFileSync(path.join(full, "package.json"), "utf8"));
  const texts = readdirSync(full)
    .filter((file) => TEXT.test(file))
    .sort()
    .map((file) => readFileSync(path.join(full, file), "utf8").trim());
  // Some packages only name it.
  if (texts.length === 0 && typeof license !== "string") throw new Error(`${name} states no licence`);
  return [`${name} ${version} (${String(license ?? "see below")})`, ...texts].join("\n\n");
}

/** @param inputs the bundled files, from the root of the repository */
export function licenceTexts(inputs: readonly string[]): string {
  const folders = new Set(inputs.map(libraryFolder).filter((folder) => folder !== null));
  return `${[OWN, ...[...folders].sort()].map(textOf).join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
