import type { Tags } from "../vault/store.ts";
import { CONTACT_TAG, OWNER_TAG } from "./inventory/contact-tags.ts";

/** Of a tag's value (Source: OCI documentation, Limits on Tags). */
export const MOST_CHARACTERS = 256;

/** All tags of the secret with these in them. What is undefined stays, null is taken out; everybody else's tags stay. */
export function withOwnership(
  tags: Tags,
  { owner, contact }: { readonly owner?: string | null | undefined; readonly contact?: string | null | undefined },
): Tags {
  const wanted = [
    [OWNER_TAG, owner],
    [CONTACT_TAG, contact],
  ] as const;
  const changed: Record<string, string> = { ...tags };
  for (const [key, value] of wanted) {
    if (value === null) delete changed[key];
    else if (value !== undefined) changed[key] = value;
  }
  return changed;
}
