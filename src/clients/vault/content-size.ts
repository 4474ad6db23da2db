/** The largest content of a version, in bytes (Source: OCI Vault service limits). */
const MAX_CONTENT_BYTES = 25 * 1024;

/** Whether Vault can keep such a content at all. */
export function fitsVault(content: string): boolean {
  return Buffer.byteLength(content) <= MAX_CONTENT_BYTES;
}
