/**
 * For applications: the credential that works now, also during a rotation. No dependencies; published as
 * `oci-rotate/consumer`.
 */
export { CredentialError, type CredentialErrorCode } from "./errors.ts";
export type { CredentialOptions } from "./options.ts";
export { isInvalidClient } from "./refusal.ts";
export { type CredentialSource, credential, type WaitOptions } from "./source.ts";
export type { Time } from "./time.ts";
export type { Credential, Reader, SecretVersion, VersionStage } from "./version.ts";
