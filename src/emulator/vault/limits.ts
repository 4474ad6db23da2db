/** The largest content of a version (Source: OCI Vault service limits). */
export const MAX_CONTENT_BYTES = 25 * 1024;
