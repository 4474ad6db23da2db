import { statSync } from "node:fs";
import { quoted } from "../command-line.ts";
import type { Runtime } from "../runtime.ts";
import type { Profile } from "./config-file.ts";

const OTHERS_RIGHTS = 0o077;
const ALL_RIGHTS = 0o777;
/** The variable of the `oci` command line. */
const SUPPRESS = "OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING";

function rightsOf(file: string): number | null {
  try {
    return statSync(file).mode & ALL_RIGHTS;
  } catch {
    // The code that reads the file reports what is wrong with it.
    return null;
  }
}

/** Warns if others have rights on the config file, or on the profile's private key, as the `oci` command line does. */
export function warnOfOpenFiles(
  profile: Profile,
  { environment }: Pick<Runtime, "environment">,
  warn: (text: string) => void,
): void {
  if (process.platform === "win32" || environment[SUPPRESS]?.toLowerCase() === "true") return;
  const key = profile.get("key_file") === null ? [] : [profile.pathOf("key_file")];
  for (const file of [...(profile.file === null ? [] : [profile.file]), ...key]) {
    const rights = rightsOf(file);
    if (rights === null || (rights & OTHERS_RIGHTS) === 0) continue;
    const mode = rights.toString(8).padStart(4, "0");
    warn(`${file} is open to others (mode ${mode}); run chmod 600 ${quoted(file)}, or set ${SUPPRESS}=True`);
  }
}
