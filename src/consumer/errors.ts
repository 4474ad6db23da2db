import { shownCode } from "./codes.ts";

const nextActions = {
  /** The reader threw, took too long, or gave something else than a version. */
  READ_FAILED: "check that the application reaches Vault and may read the secret (secret-bundles), then ask again",
  /** The reader gave null for CURRENT. */
  NOT_FOUND: "check the secret's OCID, and that the application may read it: Vault answers both alike",
  /** The content of CURRENT is no credential. */
  CONTENT_INVALID: "correct the secret's content in Vault as a new version",
  /** CURRENT is a placeholder: it names the client, and no client secret has been stored yet. */
  NO_VALUE_YET:
    "ask whoever adopts this client to run oci-rotate adopt again, or heal: the client secret comes with the next version",
} as const;

/**
 * Why there is no credential, for code that tells the reasons apart.
 *
 * @example
 * ```ts
 * const isTransient = (code: CredentialErrorCode) => code === "READ_FAILED";
 * ```
 */
export type CredentialErrorCode = keyof typeof nextActions;

/**
 * Why there is no credential. The message names statuses, codes of a closed list and members, never a value. It never has a cause: a library's
 * error may hold a request's Authorization header, and a JSON parser's a piece of what it parsed. The reader's own error goes to the option
 * `onReadError` alone.
 *
 * @example
 * ```ts
 * try {
 *   await source.current();
 * } catch (thrown) {
 *   if (thrown instanceof CredentialError && thrown.code === "CONTENT_INVALID") await tellOperators(thrown.message);
 *   throw thrown;
 * }
 * ```
 */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
  readonly code: CredentialErrorCode;

  constructor(code: CredentialErrorCode, what: string) {
    super(`${code}: ${what}. Next: ${nextActions[code]}.`);
    this.code = code;
  }
}

function member(thrown: object, name: string): unknown {
  try {
    return Reflect.get(thrown, name);
  } catch {
    // What a getter throws may hold anything as well.
    return undefined;
  }
}

/** What of a reader's error may be told: its status and its code, as the OCI SDK, axios and Node name them. */
export function describe(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "";
  const told = ["statusCode", "status", "serviceCode", "code"].map((name) => shownCode(member(thrown, name)));
  const distinct = [...new Set(told.filter((text) => text !== null))];
  return distinct.length === 0 ? "" : ` (${distinct.join(" ")})`;
}
