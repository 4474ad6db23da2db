import { shownCode } from "./codes.ts";

const nextActions = {
  /** The reader threw, took too long, or gave something else than a version. */
  READ_FAILED: "check that the application reaches Vault and may read the secret (secret-bundles), then ask again",
  /** The reader gave null for CURRENT. */
  NOT_FOUND: "check the secret's OCID, and that the application may read it: Vault answers both alike",
  /** The content of CURRENT is no credential. */
  CONTENT_INVALID: "correct the secret's content in Vault as a new version",
} as const;

export type CredentialErrorCode = keyof typeof nextActions;

/**
 * Why there is no credential. The message names codes and members, never a value, and no error of the reader is kept in it or as its cause:
 * a library's error may hold a request's Authorization header, and a JSON parser's a piece of what it parsed. The reader's own error goes to
 * the option `onReadError` alone.
 */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
  readonly code: CredentialErrorCode;

  constructor(code: CredentialErrorCode, what: string) {
    super(`${code}: ${what}. Next: ${nextActions[code]}.`);
    this.code = code;
  }
}

/** What of a reader's error may be told: its status and its code, as the OCI SDK, axios and Node name them. */
export function describe(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "";
  const told = ["statusCode", "status", "serviceCode", "code"].map((name) => shownCode(Reflect.get(thrown, name)));
  const distinct = [...new Set(told.filter((text) => text !== null))];
  return distinct.length === 0 ? "" : ` (${distinct.join(" ")})`;
}
