import { readFileSync } from "node:fs";
import path from "node:path";
import { decodeJwt } from "jose";
import type { Clock } from "../../base/clock.ts";
import { CliError } from "../cli-error.ts";
import type { Principal, Runtime } from "../runtime.ts";
import type { Profile } from "./config-file.ts";
import { readApiKey, readKey, readProfileKey } from "./private-key.ts";
import { expired, readSessionToken, type SessionToken } from "./session-token.ts";

/** An API key: key id `<tenancy>/<user>/<fingerprint>`. */
export function apiKeyPrincipal(profile: Profile): Principal {
  const keyId = [profile.need("tenancy"), profile.need("user"), profile.need("fingerprint")].join("/");
  const key = readApiKey(profile);
  return { getKeyId: async () => keyId, getPrivateKey: () => key, getPassphrase: () => null };
}

/**
 * A session: key id `ST$<token>`. Once the token has expired, its file is read again, since `oci session refresh` may have renewed it
 * during a long run.
 */
export function sessionPrincipal(
  profile: Profile,
  first: SessionToken,
  clock: Clock,
  authenticateLine: string,
): Principal {
  let token = first;
  let key = readProfileKey(profile);
  return {
    getKeyId: async () => {
      if (clock.now() >= token.expiresAt) {
        token = readSessionToken(profile, authenticateLine);
        key = readProfileKey(profile);
        if (clock.now() >= token.expiresAt) throw expired(profile, token, clock.now(), authenticateLine);
      }
      return `ST$${token.token.reveal()}`;
    },
    getPrivateKey: () => key,
    getPassphrase: () => null,
  };
}

const VARIABLES = "OCI_RESOURCE_PRINCIPAL_";

/** The resource principal of version 2.2 in the platform's environment: as text, or as paths of files that the platform keeps fresh. */
export function resourcePrincipal({ environment }: Pick<Runtime, "environment">) {
  const missing = (what: string) =>
    new CliError("PRINCIPAL_MISSING", {
      what,
      means: "only OCI's own services set these variables",
      next: "run it there, or choose another --auth",
    });
  const need = (name: string): string => {
    const value = environment[`${VARIABLES}${name}`];
    if (value === undefined || value === "") throw missing(`${VARIABLES}${name} is not set`);
    return value;
  };
  const textOf = (name: string): string => {
    const value = need(name);
    if (!path.isAbsolute(value)) return value;
    try {
      return readFileSync(value, "utf8");
    } catch {
      throw missing(`the file that ${VARIABLES}${name} names cannot be read`);
    }
  };
  if (need("VERSION") !== "2.2") throw missing(`${VARIABLES}VERSION is not 2.2`);
  const passphrase = () =>
    environment[`${VARIABLES}PRIVATE_PEM_PASSPHRASE`] ? textOf("PRIVATE_PEM_PASSPHRASE").trim() : null;
  const key = () => readKey(textOf("PRIVATE_PEM"), passphrase(), `${VARIABLES}PRIVATE_PEM`);
  const token = () => textOf("RPST").trim();
  // Parsed now, so that an error is reported before the first request.
  const claims = claimsOf(token(), () => missing(`${VARIABLES}RPST holds no token`));
  key();
  const principal: Principal = { getKeyId: async () => `ST$${token()}`, getPrivateKey: key, getPassphrase: () => null };
  const tenancy = claims["res_tenant"];
  return { principal, region: need("REGION"), tenancy: typeof tenancy === "string" ? tenancy : null };
}

function claimsOf(token: string, error: () => CliError): Readonly<Record<string, unknown>> {
  try {
    return decodeJwt(token);
  } catch {
    throw error();
  }
}
