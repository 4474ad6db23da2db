import type { Secret } from "../../base/secret.ts";
import type { Write } from "../../clients/vault/store.ts";
import type { Invocation } from "../invocation.ts";

/**
 * Stores a credential, sent once.
 * @param versionStage CURRENT only where Vault takes no second PENDING version, and after the value has logged in
 */
export function writePending(
  { store }: Invocation,
  name: string,
  versionStage: "PENDING" | "CURRENT",
  content: Secret,
  etag: string | null,
): Promise<Write> {
  return store.writeVersion(name, versionStage, content, etag);
}
