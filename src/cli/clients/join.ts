import { type Client, type IssuerAlias, isSameClient } from "../../clients/issuers/client.ts";
import type { ListedClient } from "../../clients/issuers/inventory/listed-client.ts";
import type { Place, PlacedList } from "./issuer-lists.ts";
import type { VaultClient } from "./vault-clients.ts";

/** A client at its issuer, a secret's client that its issuer does not list, or both. */
export interface Joined {
  readonly place: Place;
  /** Null: in Vault and not at the issuer. */
  readonly listed: ListedClient | null;
  /** Secrets that hold it; null: not told, since the address of its zone is not known. */
  readonly secrets: readonly VaultClient[] | null;
}

/** The listed client as a secret's content would name it; what a list does not tell is taken from that content. */
function asNamed(listed: ListedClient, { issuer, base, realm, tenant }: Place, by: Client): Client {
  // A list of Ed-Fi names an api client by another id than a content that names its application.
  const subject = issuer === "oci-iam" ? listed.subject : by.subject;
  return { issuer, base, realm, tenant, tokenUrl: by.tokenUrl, clientId: listed.clientId ?? by.clientId, subject };
}

function isSame(listed: ListedClient, place: Place, { client }: VaultClient, aliases: readonly IssuerAlias[]): boolean {
  const isNameless = listed.clientId === null && listed.subject !== client.subject;
  return !isNameless && isSameClient(asNamed(listed, place, client), client, aliases);
}

/** What is compared first, so that not every client meets every secret. */
const keysOf = (clientId: string | null, subject: string | null) => [clientId, subject].filter((key) => key !== null);

function bySearchKey(secrets: readonly VaultClient[]): ReadonlyMap<string, readonly VaultClient[]> {
  const found = new Map<string, VaultClient[]>();
  for (const secret of secrets) {
    for (const key of keysOf(secret.client.clientId, secret.client.subject)) {
      found.set(key, [...(found.get(key) ?? []), secret]);
    }
  }
  return found;
}

/** Whether a secret's client should be in one of the lists that were read. */
function livesAt({ client }: VaultClient, place: Place, aliases: readonly IssuerAlias[]): boolean {
  const { issuer, base, realm, tenant, isAddressKnown } = place;
  return isAddressKnown && isSameClient(client, { ...client, issuer, base, realm, tenant }, aliases);
}

/**
 * Joins what issuers list with what Vault holds, both ways, by the canonical client: two names are one client only if issuer, address, realm,
 * tenant and client id are the same, character by character, aliases followed.
 */
export function join(
  lists: readonly PlacedList[],
  secrets: readonly VaultClient[],
  aliases: readonly IssuerAlias[],
): readonly Joined[] {
  const index = bySearchKey(secrets);
  const met = new Set<VaultClient>();
  const joined: Joined[] = [];
  for (const { place, clients } of lists) {
    for (const listed of clients) {
      const candidates = new Set(keysOf(listed.clientId, listed.subject).flatMap((key) => index.get(key) ?? []));
      const own = [...candidates].filter((secret) => isSame(listed, place, secret, aliases));
      for (const secret of own) met.add(secret);
      joined.push({ place, listed, secrets: place.isAddressKnown ? own : null });
    }
  }
  for (const secret of secrets) {
    const place = met.has(secret) ? undefined : lists.find((list) => livesAt(secret, list.place, aliases))?.place;
    if (place !== undefined) joined.push({ place, listed: null, secrets: [secret] });
  }
  return joined;
}
