/** The parts of a release's files that do not depend on the disk. */
import { createHash } from "node:crypto";
import { zipSync } from "fflate";

/** A zip cannot say a time before this one. The same files make the same bytes. */
const NO_TIME = new Date(1980, 0, 1);

type Files = ReadonlyMap<string, Uint8Array>;

export function zipOf(files: Files): Uint8Array {
  const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(
    Object.fromEntries(entries.map(([name, bytes]) => [name, [new Uint8Array(bytes), { mtime: NO_TIME }]])),
  );
}

/** As `sha256sum --check` reads it. */
export const checksums = (files: Files): string =>
  [...files].map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`).join("");

/** @returns null for what is no tag of a release */
export const versionOfTag = (tag: string): string | null => /^v(\d+\.\d+\.\d+)$/.exec(tag)?.[1] ?? null;

/** What the change log says of a version. @throws Error if it says nothing: a release that nobody has described is not made */
export function notesOf(changelog: string, version: string): string {
  const section = changelog.split(/^## /m).find((part) => /^\S+/.exec(part)?.[0] === version);
  const notes = section?.slice(section.indexOf("\n")).trim() ?? "";
  if (notes === "") throw new Error(`CHANGELOG.md has no section "## ${version}", or an empty one`);
  return `${notes}\n`;
}

export const STACK = "oci-rotate-stack.zip";
/** Oracle's picture, and its page that makes a stack of a zip. */
const PICTURE = "https://oci-resourcemanager-plugin.plugins.oci.oraclecloud.com/latest/deploy-to-oracle-cloud.svg";
const NEW_STACK = "https://cloud.oracle.com/resourcemanager/stacks/create?zipUrl=";

/** The button that opens a release's stack in Resource Manager. */
export function stackButton(repository: string, tag: string): string {
  const zip = `https://github.com/${repository}/releases/download/${tag}/${STACK}`;
  return `[![Deploy to Oracle Cloud](${PICTURE})](${NEW_STACK}${encodeURIComponent(zip)})`;
}
