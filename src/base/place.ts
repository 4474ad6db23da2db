/** Where a secret is, as the answer of Vault says whose etag serves the writes: what binds it to a client. Its content has no part in it. */
export interface Place {
  readonly secretId: string;
  /** Null where it could not be read. */
  readonly compartmentId: string | null;
  readonly definedTags: DefinedTags;
}

/** By namespace, then by key. Those that could not be read are left out: they bind nothing. */
export type DefinedTags = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A defined tag, as OCI writes its namespace and key. */
export interface TagKey {
  readonly namespace: string;
  readonly key: string;
}

/** Printable ASCII without period and blank (Source: OCI Tagging, names of namespaces and keys). */
const TAG_KEY = /^([\x21-\x2d\x2f-\x7e]{1,100})\.([\x21-\x2d\x2f-\x7e]{1,100})$/;

/** `namespace.key`; null: it is none. */
export function tagKeyIn(text: string): TagKey | null {
  const [, namespace, key] = TAG_KEY.exec(text) ?? [];
  return namespace === undefined || key === undefined ? null : { namespace, key };
}

/** The text of a defined tag; null: it is not set, or no text. */
export function tagOf({ definedTags }: Place, { namespace, key }: TagKey): string | null {
  const keys = Object.hasOwn(definedTags, namespace) ? definedTags[namespace] : undefined;
  const value = keys !== undefined && Object.hasOwn(keys, key) ? keys[key] : undefined;
  return typeof value === "string" ? value : null;
}
