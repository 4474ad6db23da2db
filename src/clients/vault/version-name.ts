import type { Entropy } from "../../base/entropy.ts";
import { highestNo } from "./highest.ts";
import type { VersionList } from "./store.ts";

const PREFIX = "orot-";
const RANDOM_BYTES = 5;

/** Whether this product wrote the version, by its name. Used only to leave alone what others wrote. */
export function isOurs(name: string | null): boolean {
  return name?.startsWith(PREFIX) ?? false;
}

/**
 * The one name rule: every content write is named after the highest version number. So it is a compare-and-swap on the
 * newest version even if Vault ignores `if-match`. A name may be taken beforehand to make this write fail. That is so
 * if a listed version has it, or if Vault calls it taken although no newer version is listed. Then the rest of the name
 * is random.
 * @param list of the look that decided; a version above it with the name is a lost race, which the next look shows
 * @param taken a name that Vault called taken at the last write
 */
export function versionName(list: VersionList, taken: string | null, entropy: Entropy): string {
  const name = `${PREFIX}${highestNo(list) + 1}`;
  const isTaken = name === taken || list.versions.some((version) => version.name === name);
  return isTaken ? `${name}.${Buffer.from(entropy.bytes(RANDOM_BYTES)).toString("hex")}` : name;
}
