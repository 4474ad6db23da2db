/**
 * Where a secret is, by the same answer of Vault whose etag guards the writes. It binds the secret to a client. The secret's content has no
 * influence on it.
 */
export interface Place {
  readonly secretId: string;
  /** Null if it could not be read. */
  readonly compartmentId: string | null;
  readonly definedTags: DefinedTags;
}

/** By namespace, then by key. Unreadable ones are left out: they bind nothing. */
export type DefinedTags = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A defined tag, as OCI writes its namespace and key. */
export interface TagKey {
  readonly namespace: string;
  readonly key: string;
}

/** Printable ASCII without period and blank (Source: OCI Tagging, names of namespaces and keys). */
const TAG_KEY = /^[\x21-\x2d\x2f-\x7e]{1,100}\.[\x21-\x2d\x2f-\x7e]{1,100}$/;

/** `namespace.key`; null: not a tag key. */
export function tagKeyIn(text: string): TagKey | null {
  const at = text.indexOf(".");
  return TAG_KEY.test(text) ? { namespace: text.slice(0, at), key: text.slice(at + 1) } : null;
}

/** The text of a defined tag; null: not set, or not a text. */
export function tagOf({ definedTags }: Place, { namespace, key }: TagKey): string | null {
  const keys = Object.hasOwn(definedTags, namespace) ? definedTags[namespace] : undefined;
  const value = keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : undefined;
  return typeof value === "string" ? value : null;
}
