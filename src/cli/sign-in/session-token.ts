import { readFileSync } from "node:fs";
import { decodeJwt } from "jose";
import { Secret } from "../../base/secret.ts";
import { CliError } from "../cli-error.ts";
import { quoted } from "../command-line.ts";
import type { GlobalOptions } from "../global-options.ts";
import type { Runtime } from "../runtime.ts";
import type { Profile } from "./config-file.ts";
import { givenRegion, variable } from "./oci-variables.ts";

/** What a session's token says about itself. */
export interface SessionToken {
  readonly token: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly subject: string | null;
  readonly tenancy: string | null;
}

/** The commands that renew a profile's session, ready to run. */
export function renewal(
  profile: Profile,
  runtime: Pick<Runtime, "environment">,
  options: Pick<GlobalOptions, "configFile" | "region">,
) {
  const region = givenRegion(runtime, options) ?? profile.get("region");
  const authenticate = ["session", "authenticate", "--profile-name", profile.name];
  if (region !== null) authenticate.push("--region", region);
  const refresh = ["session", "refresh", "--profile", profile.name];
  const file = options.configFile ?? variable(runtime, "OCI_CLI_CONFIG_FILE");
  if (file !== null) {
    authenticate.push("--config-location", file);
    refresh.push("--config-file", file);
  }
  const line = (words: readonly string[]) => ["oci", ...words].map(quoted).join(" ");
  return { authenticate, authenticateLine: line(authenticate), refreshLine: line(refresh) };
}

/**
 * Reads and checks the token file. Editors and shells add a final line end, which would break the header that carries the token, so it is
 * trimmed.
 * @throws CliError TOKEN_UNUSABLE; callers check whether it has expired
 */
export function readSessionToken(profile: Profile, authenticateLine: string): SessionToken {
  const file = profile.pathOf("security_token_file");
  const unusable = (what: string) =>
    new CliError("TOKEN_UNUSABLE", {
      what: `the token file ${file} of ${profile.words} ${what}`,
      means: "there is no session to sign in with",
      next: `run ${authenticateLine}`,
    });
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch {
    throw unusable("cannot be read");
  }
  if (text === "") throw unusable("is empty");
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) throw unusable("holds no token");
  try {
    const { exp, sub, tenant } = decodeJwt(text);
    if (typeof exp !== "number") throw unusable("holds a token without an expiry");
    return {
      token: new Secret(text),
      expiresAt: exp * 1000,
      subject: sub ?? null,
      tenancy: typeof tenant === "string" ? tenant : null,
    };
  } catch (error) {
    throw error instanceof CliError ? error : unusable("holds no token");
  }
}

/** For people: `59 minutes`, `1 minute`. */
export function minutes(ms: number): string {
  const count = Math.max(0, Math.floor(ms / 60_000));
  return `${count} minute${count === 1 ? "" : "s"}`;
}

export function expired(profile: Profile, token: SessionToken, now: number, authenticateLine: string): CliError {
  return new CliError("SESSION_EXPIRED", {
    what: `the session of ${profile.words} ended ${minutes(now - token.expiresAt)} ago`,
    means: "OCI refuses everything signed with it",
    next: `run ${authenticateLine}`,
  });
}
