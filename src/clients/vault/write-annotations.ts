import type { Annotations, SecretStore, Write } from "./store.ts";

/**
 * A write replaces all tags and all metadata by what was read some requests ago. If Vault ignores `if-match`, only a
 * look right before protects what others have added since. If anything changed, nothing is written.
 * @param etag of the look that the notes were made from
 * @throws RotationError if Vault cannot be asked
 */
export async function writeIfUnchanged(
  { clients: { vault } }: { readonly clients: { readonly vault: SecretStore } },
  annotations: Annotations,
  etag: string | null,
): Promise<Write | { readonly outcome: "changed" }> {
  const state = await vault.readSecret();
  return state.etag === etag ? vault.writeAnnotations(annotations, etag) : { outcome: "changed" };
}
