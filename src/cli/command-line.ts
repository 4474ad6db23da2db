import type { GlobalOptions } from "./global-options.ts";

/** Quotes a word for a shell. */
export const quoted = (text: string): string =>
  /^[\w./:@~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

type Signing = Pick<GlobalOptions, "profile" | "configFile" | "region" | "endpoint" | "auth">;

/** One of our commands, ready to run, with the same sign-in options as the command that prints it. */
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
