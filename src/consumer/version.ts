import { CredentialError } from "./errors.ts";

/**
 * The version stages of Vault that a source asks for.
 *
 * @example
 * ```ts
 * const asked: VersionStage = "PENDING";
 * ```
 */
export type VersionStage = "CURRENT" | "PENDING";

/**
 * One version of the secret, as OCI's `SecretBundle` has it: the content decoded to text, and `versionNumber`.
 *
 * @example
 * ```ts
 * const version: SecretVersion = { content: Buffer.from(base64, "base64").toString("utf8"), versionNo: 7 };
 * ```
 */
export interface SecretVersion {
  readonly content: string;
  readonly versionNo: number;
}

/**
 * Reads the version of the secret that has this version stage now. Every error but the 404 must be thrown: null means that there is none.
 *
 * @example
 * ```ts
 * const stages = { CURRENT: requests.GetSecretBundleRequest.Stage.Current, PENDING: requests.GetSecretBundleRequest.Stage.Pending };
 * const readVersion: Reader = async (stage) => {
 *   try {
 *     const { secretBundle } = await client.getSecretBundle({ secretId, stage: stages[stage] });
 *     const { content } = secretBundle.secretBundleContent as { content: string };
 *     return { content: Buffer.from(content, "base64").toString("utf8"), versionNo: secretBundle.versionNumber };
 *   } catch (thrown) {
 *     if ((thrown as { statusCode?: number }).statusCode === 404) return null;
 *     throw thrown;
 *   }
 * };
 * ```
 * @returns null if there is none: Vault's 404
 */
export type Reader = (versionStage: VersionStage) => Promise<SecretVersion | null>;

/**
 * What logs the application in at its issuer. Printing or serializing it shows `clientId` and `versionNo` alone; the other two members are
 * not enumerable. A spread or a clone therefore loses them: pass the object on as it is.
 *
 * @example
 * ```ts
 * const { clientId, clientSecret } = await source.current();
 * ```
 */
export interface Credential {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The version of the secret that it was read from. */
  readonly versionNo: number;
  /** All members of the content, those that the rotator does not know too; without `_rotation`. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** A version, understood. */
export interface Seen<C = Credential | null> {
  readonly versionNo: number;
  /** Null: none that an application may use. */
  readonly credential: C;
  /** A rotation is under way: it carries the mark of one. */
  readonly isMarked: boolean;
}

const RESERVED = "_rotation";

/** What the issuer judges: two versions with the same client and client secret are one to it. */
export function identityOf({ clientId, clientSecret }: Credential): string {
  return JSON.stringify([clientId, clientSecret]);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    // Some editors write a byte order mark, which JSON.parse does not take.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // A parser's error quotes what it parsed.
    return null;
  }
}

function textMember(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  if (typeof value === "string" && value !== "") return value;
  throw new CredentialError("CONTENT_INVALID", `the secret's content has no text in the member ${name}`);
}

/** In Oracle's format, which names no issuer, the client secret is `appSecret`; at every other issuer `clientSecret`. */
function rotatedMember({ issuer }: Readonly<Record<string, unknown>>): string {
  return issuer === undefined || issuer === "oci-iam" ? "appSecret" : "clientSecret";
}

function credentialOf(members: Readonly<Record<string, unknown>>, versionNo: number): Credential {
  const clientId = textMember(members, "clientId");
  const clientSecret = textMember(members, rotatedMember(members));
  const hidden = { clientSecret: { value: clientSecret }, members: { value: Object.freeze(members) } };
  return Object.freeze(Object.defineProperties({ clientId, versionNo }, hidden)) as Credential;
}

/**
 * CURRENT is the credential that applications must use, whatever mark it carries. If Vault takes no second PENDING
 * version, a claim is written as CURRENT. Its members besides the mark are the credential that works.
 * @throws CredentialError CONTENT_INVALID, naming the member; NO_VALUE_YET
 */
export function readCurrent({ content, versionNo }: SecretVersion): Seen<Credential> {
  const parsed = parseObject(content);
  if (parsed === null) throw new CredentialError("CONTENT_INVALID", "the secret's content is not a JSON object");
  const { [RESERVED]: mark, ...members } = parsed;
  if (members[rotatedMember(members)] === null && mark !== undefined) {
    throw new CredentialError("NO_VALUE_YET", "the secret holds no client secret yet");
  }
  return { versionNo, credential: credentialOf(members, versionNo), isMarked: mark !== undefined };
}

/** A PENDING version with a mark is never used: it is a claim, or something that a later edition of the rotator left. */
export function readPending({ content, versionNo }: SecretVersion): Seen {
  const members = parseObject(content);
  if (members === null) return { versionNo, credential: null, isMarked: false };
  if (Object.hasOwn(members, RESERVED)) return { versionNo, credential: null, isMarked: true };
  try {
    return { versionNo, credential: credentialOf(members, versionNo), isMarked: false };
  } catch {
    return { versionNo, credential: null, isMarked: false };
  }
}
