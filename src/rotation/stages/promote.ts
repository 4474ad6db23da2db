import type { Tags, Write } from "../../clients/vault/store.ts";
import { withExpiryUnknown } from "../housekeeping/own-tags.ts";
import type { Invocation } from "../invocation.ts";

/**
 * Makes a version CURRENT that has just logged in, by its number, sent once. The same write takes the expiry of another value out of the
 * tags: with it, the new value would look due. No tag keeps a version from being promoted: where Vault refuses both, it is asked for the one.
 * @param tags of the look that the etag is of; null: they could not be read
 */
export async function promote(
  { store, clock }: Invocation,
  versionNo: number,
  etag: string | null,
  tags: Tags | null,
): Promise<Write> {
  const changed = tags === null ? null : withExpiryUnknown(tags, versionNo, clock.now());
  if (changed === null) return store.promote(versionNo, etag);
  const write = await store.promote(versionNo, etag, changed);
  return write.outcome === "refused" ? store.promote(versionNo, etag) : write;
}
