import type { DefinedTags, Place, TagKey } from "../../base/place.ts";
import type { AuthorityContent } from "../../clients/issuers/authority-content.ts";
import { fits, membersOf } from "../../clients/issuers/authority-entries.ts";
import type { Client, IssuerAlias } from "../../clients/issuers/client.ts";

/** The tag by which the authority's own secret binds clients to secrets; null: it has none. */
export function bindingTagOf(authority: AuthorityContent | null): TagKey | null {
  return authority?.mayRotate.find((entry) => entry.by === "tag")?.tag ?? null;
}

/** A client, and where the secret that holds it is. */
export interface Placed {
  readonly client: Client;
  readonly secretId: string;
  readonly compartmentId: string;
  readonly definedTags: DefinedTags;
}

/** The entries of `mayRotate` without which the authority may not speak for these clients. */
export function missingEntries(
  authority: AuthorityContent | null,
  placed: readonly Placed[],
  aliases: readonly IssuerAlias[],
): readonly Record<string, unknown>[] {
  if (authority === null) return [];
  const ownTokenUrl = authority.issuer.loginAt(authority.address).tokenEndpoint.url;
  return placed.flatMap(({ client, ...where }) => {
    const place: Place = where;
    if (authority.mayRotate.some((entry) => fits(authority, entry, client, place, aliases))) return [];
    return [{ ...membersOf(client, ownTokenUrl), secretId: where.secretId }];
  });
}
