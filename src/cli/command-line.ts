import type { GlobalOptions } from "./global-options.ts";

/** A word as a shell reads it back. */
export const quoted = (text: string): string =>
  /^[\w./:@~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

type Signing = Pick<GlobalOptions, "profile" | "configFile" | "region" | "endpoint" | "auth">;

/** A command of ours to be run as it stands, signed in as the command that tells of it. */
export function commandLine(
  { profile, configFile, region, endpoint, auth }: Signing,
  words: readonly string[],
): string {
  const given = [
    ["--profile", profile],
    ["--config-file", configFile],
    ["--region", region],
    ["--endpoint", endpoint],
    ["--auth", auth],
  ] as const;
  const options = given.flatMap(([name, value]) => (value === null ? [] : [name, value]));
  return ["oci-rotate", ...words, ...options].map(quoted).join(" ");
}
