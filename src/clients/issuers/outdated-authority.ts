import * as z from "zod/mini";
import { canonicalAddress } from "../../base/address.ts";
import { AuthorityError } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { membersOf } from "./authority-entries.ts";
import type { Client } from "./client.ts";
import { issuerNamed } from "./index.ts";

/** An authority's content as an earlier edition took it: an origin, and ids of clients. It is refused, and says so with what to write instead. */
export interface OutdatedAuthority {
  readonly isOutdated: true;
  readonly issuer: string;
  readonly clientId: string;
  /** Of `origin`, or of `url` if only the list is of the old form; null: no address. */
  readonly origin: string | null;
  readonly tokenUrl: string | null;
  readonly ids: readonly string[];
  /** The other entries of its list, which may have the new form. */
  readonly entries: readonly unknown[];
}

/** A secret that is rotated, and the client that its content names. */
export interface Subject {
  readonly secretId: string;
  readonly client: Client;
}

const schema = onFirstUse(() =>
  z.object({
    issuer: z.catch(z.string(), ""),
    clientId: z.catch(z.string(), ""),
    origin: z.optional(z.unknown()),
    url: z.optional(z.unknown()),
    tokenUrl: z.optional(z.unknown()),
    mayRotate: z.catch(z.array(z.unknown()), []),
  }),
);

/** @returns null if the content is not of the old form, whatever else it is */
export function outdatedIn(value: unknown): OutdatedAuthority | null {
  const parsed = schema().safeParse(value);
  if (!parsed.success) return null;
  const { issuer, clientId, origin, url, tokenUrl, mayRotate } = parsed.data;
  const ids = mayRotate.filter((entry) => typeof entry === "string");
  if (origin === undefined && ids.length === 0) return null;
  const address = canonicalAddress(String(origin ?? url));
  return {
    isOutdated: true,
    issuer,
    clientId,
    origin: address === null ? null : new URL(address).origin,
    tokenUrl: typeof tokenUrl === "string" ? canonicalAddress(tokenUrl) : null,
    ids,
    entries: mayRotate.filter((entry) => typeof entry !== "string"),
  };
}

/** Whether it would have been used for this client. */
export function hasNamed({ issuer, origin, ids }: OutdatedAuthority, client: Client): boolean {
  const id = (client.subject ?? client.clientId).replace("apiClients/", "").toLowerCase();
  const isListed = ids.some((one) => one === "*" || one.toLowerCase() === id);
  return issuer === client.issuer && origin === new URL(client.base).origin && isListed;
}

/** The members that take the place of `origin` and `mayRotate`. */
export interface NewMembers {
  readonly url: string;
  readonly realm?: string;
  readonly tokenUrl?: string;
  readonly mayRotate: readonly unknown[];
}

const IN_REALM = /^(.+)\/realms\/([^/]+)\/protocol\/openid-connect\/token$/;

/** The authority's home: the address that it logged in at, if it named one, else the client's. */
function homeOf(
  { tokenUrl }: OutdatedAuthority,
  client: Client,
): { readonly url: string; readonly realm: string | null } {
  if (client.realm === null) return { url: client.base, realm: null };
  const [, url = client.base, realm] = IN_REALM.exec(tokenUrl ?? "") ?? [];
  return { url, realm: realm === undefined ? client.realm : decodeURIComponent(realm) };
}

/**
 * The new members, with an entry for each of the secrets.
 * @param first the secret whose place says where the authority lives; the others are there too
 */
export function newMembers(old: OutdatedAuthority, first: Subject, ...others: readonly Subject[]): NewMembers {
  const { url, realm } = homeOf(old, first.client);
  const usual = issuerNamed(first.client.issuer)?.loginAt({ base: url, realm, tokenUrl: null }).tokenEndpoint.url ?? "";
  const tokenUrl = old.tokenUrl ?? first.client.tokenUrl ?? usual;
  const bound = [first, ...others].map(({ client, secretId }) => ({ ...membersOf(client, tokenUrl), secretId }));
  return {
    url,
    ...(realm !== null && { realm }),
    ...(tokenUrl !== usual && { tokenUrl }),
    mayRotate: [...old.entries, ...bound],
  };
}

/** @param name of the authority's own secret */
export function outdatedError(outdated: OutdatedAuthority, name: string, subject: Subject): AuthorityError {
  const members = JSON.stringify(newMembers(outdated, subject)).slice(1, -1);
  return new AuthorityError(
    "CONTENT_INVALID",
    `the second authority in ${name} is written as an earlier edition had it, with an origin or with ids in mayRotate`,
    `if it is at home at that address, and this secret is that client's, write ${members} in its content in place of origin and mayRotate; further secrets are further entries`,
  );
}
