import type { Tags } from "../../vault/store.ts";

/** Free-form tags that the command line writes and the rotator leaves alone: whose secret it is, and how to reach them. */
export const OWNER_TAG = "orot-owner";
export const CONTACT_TAG = "orot-contact";

export interface Contact {
  readonly owner: string | null;
  readonly contact: string | null;
}

export function contactOf(tags: Tags): Contact {
  return { owner: tags[OWNER_TAG] ?? null, contact: tags[CONTACT_TAG] ?? null };
}
