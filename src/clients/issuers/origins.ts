import { Realm } from "oci-common";
import { isAdmitted } from "../../base/address.ts";
import { RotationError } from "../../base/errors.ts";
import type { Client } from "./client.ts";

/** Domains below which Oracle has its own. None ceases to be one, and the SDK looks for a file of further ones each time it is asked. */
const realmDomains = new Set<string>();

function isOfRealm(domain: string): boolean {
  if (!realmDomains.has(domain))
    for (const { secondLevelDomain } of Realm.values()) realmDomains.add(secondLevelDomain);
  return realmDomains.has(domain);
}

const INSTANCE = /^https:\/\/idcs-[0-9a-f]{32}\.identity\.(.+)$/;

/**
 * An identity domain at an address that only Oracle assigns. At other addresses below the same domains, customers' own
 * code answers.
 */
function isOracles({ issuer, base }: Client): boolean {
  return issuer === "oci-iam" && isOfRealm(INSTANCE.exec(base)?.[1] ?? "");
}

function refuse(what: string, address: string, origins: readonly string[] | null): never {
  const line = `OROT_ISSUER_ORIGINS=${[...(origins ?? []), address].join(",")}`;
  throw new RotationError(
    "ORIGIN_NOT_ALLOWED",
    origins === null
      ? `OROT_ISSUER_ORIGINS is not set, and then credentials go only to Oracle's identity domains; ${what} is ${address}`
      : `${what}, ${address}, is not in OROT_ISSUER_ORIGINS`,
    `set ${line} if that address is right, else correct it in the secret's content`,
  );
}

/**
 * Holds the addresses to which a client's credentials go to OROT_ISSUER_ORIGINS. Not set: identity domains at Oracle's own addresses.
 * @throws RotationError ORIGIN_NOT_ALLOWED with the line to set
 */
export function requireAdmitted(client: Client, origins: readonly string[] | null): void {
  const { base, tokenUrl } = client;
  if (origins === null ? !isOracles(client) : !isAdmitted(base, origins)) refuse("the issuer's address", base, origins);
  const isBelow = tokenUrl === null || tokenUrl.startsWith(`${base}/`);
  if (!isBelow && (origins === null || !isAdmitted(tokenUrl, origins))) refuse("the token address", tokenUrl, origins);
}
