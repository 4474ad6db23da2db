const PREFIX = "orot-";

/** Whether this product wrote the version: by its name, which only serves to leave alone what others wrote. */
export function isOurs(name: string | null): boolean {
  return name?.startsWith(PREFIX) ?? false;
}

/**
 * The one name rule: every content write is named after the highest version number, so that it is a compare-and-swap on the newest
 * version even where Vault would ignore `if-match`.
 * @param taken a name that Vault called taken although no listed version has it
 */
export function versionName(highestNo: number, taken: string | null): string {
  const name = `${PREFIX}${highestNo + 1}`;
  return name === taken ? `${name}.1` : name;
}
