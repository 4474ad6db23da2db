import { createHash } from "node:crypto";

/**
 * One client at one issuer, as a secret's content names it, in the one form that is compared and sent. Requests are
 * made only from it. Two contents name the same client exactly if all of this is the same, code unit by code unit.
 */
export interface Client {
  /** Name of the issuer's kind: `oci-iam`, `keycloak`, `uaa`, `edfi-cms`. */
  readonly issuer: string;
  /** Where the issuer lives, as `canonicalAddress` writes it. */
  readonly base: string;
  /** Of Keycloak. */
  readonly realm: string | null;
  /** Of Ed-Fi, if the content names one. */
  readonly tenant: string | null;
  /** Of Ed-Fi: where its clients ask for tokens. */
  readonly tokenUrl: string | null;
  readonly clientId: string;
  /**
   * The object that is changed, if it has another id than the client: an OCI IAM App's id in lower case,
   * `apiClients/7`, `applications/3`.
   */
  readonly subject: string | null;
}

/** Something that must never meet another client: a client secret, a token, an authorization. */
export interface Held {
  readonly client: Client;
}

/** One half of an alias: a base, and for Keycloak the realm there. */
export interface AliasPlace {
  readonly base: string;
  readonly realm: string | null;
}

/** Two places that are one issuer. Comparison maps `from` to `to`; requests go where the acting credential says. */
export interface IssuerAlias {
  readonly from: AliasPlace;
  readonly to: AliasPlace;
}

/** The client as one line: each field by its name, each value as `encodeURIComponent` writes it, so that no two clients have one text. */
export function clientText({ issuer, base, realm, tenant, tokenUrl, clientId, subject }: Client): string {
  const fields = { base, realm, tenant, tokenUrl, client: clientId, subject };
  const written = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return [issuer, ...written].join(" ");
}

/** As long as a value of a tag may be (Source: OCI tagging limits). */
const LONGEST_TAG = 256;

/** The client's text as a defined tag holds it: what is too long, as its SHA-256 in base64url. A client's id is no secret. */
export function clientTag(client: Client): string {
  const text = clientText(client);
  return text.length <= LONGEST_TAG ? text : `sha256:${createHash("sha256").update(text).digest("base64url")}`;
}

const placeUrl = ({ base, realm }: AliasPlace) =>
  realm === null ? base : `${base}/realms/${encodeURIComponent(realm)}`;

/** The client as it is named at the other place of an alias; null: it does not live at the first. */
function moved(client: Client, from: AliasPlace, to: AliasPlace): Client | null {
  const isThere = client.base === from.base && client.realm === from.realm;
  // A token address may lie elsewhere: in a realm of a Keycloak that has moved, or below the base.
  const [before, after] = [`${placeUrl(from)}/`, `${placeUrl(to)}/`];
  const { tokenUrl } = client;
  // What lies below both, as the new place is below the old one, has moved already.
  const hasMoved = after.startsWith(before) && tokenUrl?.startsWith(after);
  const rest = !hasMoved && tokenUrl?.startsWith(before) ? tokenUrl.slice(before.length) : null;
  if (!isThere && rest === null) return null;
  return {
    ...client,
    ...(isThere ? to : {}),
    tokenUrl: rest === null ? tokenUrl : `${after}${rest}`,
  };
}

/** The client by the place that the aliases lead to; each is followed once at most. */
function settled(client: Client, aliases: readonly IssuerAlias[]): Client {
  let at = client;
  for (let left = aliases.length; left > 0; left--) {
    const next = aliases.map(({ from, to }) => moved(at, from, to)).find((one) => one !== null);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Whether two contents speak of one and the same client. */
export function isSameClient(one: Client, other: Client, aliases: readonly IssuerAlias[]): boolean {
  // No alias renames a client, and most of many clients differ in this.
  if (one.clientId !== other.clientId) return false;
  return clientText(settled(one, aliases)) === clientText(settled(other, aliases));
}

/** Whether a defined tag names this client, by any of the places that the aliases make one. */
export function isTagOf(tag: string, client: Client, aliases: readonly IssuerAlias[]): boolean {
  const names = [client, settled(client, aliases)];
  for (const { from, to } of aliases) {
    const before = moved(settled(client, aliases), to, from);
    if (before !== null) names.push(before);
  }
  return names.some((name) => clientTag(name) === tag);
}

/** Whose requests an issuer counts together: those of a realm, a tenant or a zone, never those of a neighbour at the same origin. */
export function rateKey({ issuer, base, realm, tenant }: Client): string {
  return JSON.stringify([issuer, base, realm, tenant]);
}
