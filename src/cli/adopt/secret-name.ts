import { createHash } from "node:crypto";
import { type Client, clientText } from "../../clients/issuers/client.ts";

/** Vault takes these in a secret's name. */
const NOT_ALLOWED = /[^A-Za-z0-9._-]/g;
/** A name may have 255 characters. */
const LONGEST = 200;
const DIGEST_CHARACTERS = 10;
const LIKE_OURS = /-[0-9a-f]{10}$/;

/** The places of a template, as `oauth-{realm}-{client}`. */
const PLACE = /\{(client|issuer|realm|tenant)\}/g;

/** Whether a template names the client, so that two clients get two names. */
export const namesClient = (template: string) => template.includes("{client}");

/**
 * The secret's name for a client, by a template. Where a character had to be replaced, or the name cut, ten characters of the client's own digest
 * follow, so that no two clients share a name. A client's id is no secret.
 */
export function secretNameFor(template: string, client: Client): string {
  const parts: Readonly<Record<string, string>> = {
    client: client.clientId,
    issuer: client.issuer,
    realm: client.realm ?? "",
    tenant: client.tenant ?? "",
  };
  const written = template.replaceAll(PLACE, (_, part: string) => parts[part] ?? "");
  const plain = written.replaceAll(NOT_ALLOWED, "_").slice(0, LONGEST);
  // A name that already ends like that could be another client's.
  if (plain === written && !LIKE_OURS.test(plain)) return plain;
  const digest = createHash("sha256").update(clientText(client)).digest("hex").slice(0, DIGEST_CHARACTERS);
  return `${plain}-${digest}`;
}
