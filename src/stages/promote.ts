import type { Invocation } from "../invocation.ts";
import type { Write } from "../vault/store.ts";

/** Makes a version CURRENT that has just logged in, by its number, sent once. */
export function promote({ store }: Invocation, versionNo: number, etag: string | null): Promise<Write> {
  return store.promote(versionNo, etag);
}
