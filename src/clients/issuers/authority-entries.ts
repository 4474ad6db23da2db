import { asRotationError } from "../../base/errors.ts";
import { type Place, type TagKey, tagKeyIn, tagOf } from "../../base/place.ts";
import { Secret } from "../../base/secret.ts";
import { parseContent } from "../vault/content.ts";
import { type Client, type IssuerAlias, isSameClient, isTagOf } from "./client.ts";
import type { Issuer, IssuerAddress } from "./issuer.ts";

/** What binds a secret to a client for which an authority may be used. */
export type Entry =
  | { readonly by: "secret"; readonly client: Client; readonly secretId: string }
  | { readonly by: "compartment"; readonly client: Client; readonly compartmentId: string }
  /** Whichever client this tag of the secret names; only who may use the tag's namespace can set it. */
  | { readonly by: "tag"; readonly tag: TagKey };

/** Where an authority is at home: an entry says nothing of what is the authority's own. */
export interface Home {
  readonly issuer: Issuer;
  readonly address: IssuerAddress;
}

const SECRET_ID = /^ocid1\.vaultsecret\.[A-Za-z0-9._-]{1,240}$/;
const COMPARTMENT_ID = /^ocid1\.(compartment|tenancy)\.[A-Za-z0-9._-]{1,240}$/;

/** Why an entry is refused, in words that hold nothing of it. */
export class EntryError extends Error {}

type Members = Readonly<Record<string, unknown>>;

function requireKnown(members: Members, known: readonly string[]): void {
  if (Object.keys(members).every((name) => known.includes(name))) return;
  throw new EntryError(`holds a member that is none of ${known.join(", ")}`);
}

function textOf(members: Members, name: string, pattern: RegExp): string {
  const value = members[name];
  if (typeof value === "string" && pattern.test(value)) return value;
  throw new EntryError(`has no usable member ${name}`);
}

/**
 * The client of an entry, understood by the very code that understands the rotated secret's content: what is compared is written in one form.
 * @throws EntryError
 */
function clientOf({ issuer, address }: Home, members: Members): Client {
  const named = issuer.identifying.filter((name) => Object.hasOwn(members, name));
  const { realm, tokenUrl } = address;
  const content = {
    issuer: issuer.name,
    [issuer.baseMember]: address.base,
    ...(realm !== null && issuer.identifying.includes("realm") && { realm }),
    ...(issuer.identifying.includes("tokenUrl") && { tokenUrl: tokenUrl ?? issuer.loginAt(address).tokenEndpoint.url }),
    ...Object.fromEntries(named.map((name) => [name, members[name]])),
    clientId: members["client"],
  };
  try {
    return issuer.clientIn(parseContent(new Secret(JSON.stringify(content))));
  } catch (thrown) {
    // Its own words name a member of the secret's content, which stands here under the same name, but for one.
    const { message } = asRotationError(thrown);
    throw new EntryError(
      `is not usable: ${message.replace(" of the secret's content", "").replace("clientId", "client")}`,
    );
  }
}

/** @throws EntryError */
export function readEntry(home: Home, entry: unknown): Entry {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) throw new EntryError("is no JSON object");
  const members = entry as Members;
  if (Object.hasOwn(members, "tag")) {
    requireKnown(members, ["tag"]);
    const tag = typeof members["tag"] === "string" ? tagKeyIn(members["tag"]) : null;
    if (tag === null) throw new EntryError("has a member tag that is not namespace.key");
    return { by: "tag", tag };
  }
  requireKnown(members, ["client", ...home.issuer.identifying, "secretId", "compartmentId"]);
  const isBySecret = Object.hasOwn(members, "secretId");
  if (isBySecret === Object.hasOwn(members, "compartmentId")) {
    throw new EntryError("needs one of secretId and compartmentId, and not both");
  }
  const client = clientOf(home, members);
  return isBySecret
    ? { by: "secret", client, secretId: textOf(members, "secretId", SECRET_ID) }
    : { by: "compartment", client, compartmentId: textOf(members, "compartmentId", COMPARTMENT_ID) };
}

/** Whether the entry lets its authority, at home there, speak for this client, the one of CURRENT in the secret at this place. */
export function fits(
  { issuer, address }: Home,
  entry: Entry,
  client: Client,
  place: Place,
  aliases: readonly IssuerAlias[],
): boolean {
  if (entry.by === "tag") {
    const isAtHome = client.issuer === issuer.name && isSameClient({ ...client, base: address.base }, client, aliases);
    const tag = tagOf(place, entry.tag);
    return isAtHome && tag !== null && isTagOf(tag, client, aliases);
  }
  if (!isSameClient(entry.client, client, aliases)) return false;
  return entry.by === "secret" ? entry.secretId === place.secretId : entry.compartmentId === place.compartmentId;
}

/** The members of an entry that name this client, as it is to be written. @param tokenUrl of the authority's own content, or its usual one */
export function membersOf({ clientId, realm, subject, tenant, tokenUrl }: Client, ownTokenUrl: string): object {
  const [, kind, number] = /^(apiClient|application)s\/(\d+)$/.exec(subject ?? "") ?? [];
  return {
    client: clientId,
    ...(realm !== null && { realm }),
    ...(subject !== null && (kind === undefined ? { appId: subject } : { [`${kind}Id`]: Number(number) })),
    ...(tenant !== null && { tenant }),
    ...(tokenUrl !== null && tokenUrl !== ownTokenUrl && { tokenUrl }),
  };
}
