import type { Tags } from "../clients/vault/store.ts";

/** Free-form tags that name a secret's owner. Plain text, shown in every list: never a secret. */
const OWNER = "orot-owner";
const CONTACT = "orot-contact";

/** Of a tag's value (Source: OCI documentation, Limits on Tags). */
export const MAX_CHARACTERS = 256;

/** Null: not noted. */
export interface Ownership {
  readonly owner: string | null;
  readonly contact: string | null;
}

/** @param tags null: unreadable */
export function readOwnership(tags: Tags | null): Ownership {
  return { owner: tags?.[OWNER] ?? null, contact: tags?.[CONTACT] ?? null };
}

/** All tags of the secret with these changes. Undefined keeps a tag, null removes it; all other tags stay. */
export function withOwnership(
  tags: Tags,
  { owner, contact }: { readonly owner?: string | null | undefined; readonly contact?: string | null | undefined },
): Tags {
  const wanted = [
    [OWNER, owner],
    [CONTACT, contact],
  ] as const;
  const changed: Record<string, string> = { ...tags };
  for (const [key, value] of wanted) {
    if (value === null) delete changed[key];
    else if (value !== undefined) changed[key] = value;
  }
  return changed;
}
