import type { Invocation } from "../invocation.ts";
import type { Secret } from "../secret.ts";
import type { Write } from "../vault/store.ts";

/** Stores a version as PENDING, sent once. */
export function writePending(
  { store }: Invocation,
  name: string,
  content: Secret,
  etag: string | null,
): Promise<Write> {
  return store.writeVersion(name, "PENDING", content, etag);
}
