import type { Entropy } from "../../base/entropy.ts";
import type { VersionList } from "./store.ts";

const PREFIX = "orot-";
const RANDOM_BYTES = 5;

/** Whether this product wrote the version: by its name, which only serves to leave alone what others wrote. */
export function isOurs(name: string | null): boolean {
  return name?.startsWith(PREFIX) ?? false;
}

/**
 * The one name rule: every content write is named after the highest version number, so that it is a compare-and-swap on the newest
 * version even where Vault would ignore `if-match`. A name that a listed version has was taken beforehand, by somebody who wants this write to
 * fail; so was one that Vault calls taken although no newer version is listed. Then the rest of the name cannot be guessed.
 * @param list of the look that decided; a version above it that has the name is a lost race, which the next look shows
 * @param taken a name that Vault called taken at the last write
 */
export function versionName({ versions }: VersionList, taken: string | null, entropy: Entropy): string {
  const name = `${PREFIX}${(versions[0]?.versionNo ?? 0) + 1}`;
  const isTaken = name === taken || versions.some((version) => version.name === name);
  return isTaken ? `${name}.${Buffer.from(entropy.bytes(RANDOM_BYTES)).toString("hex")}` : name;
}
