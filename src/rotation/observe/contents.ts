import { asRotationError, RotationError } from "../../base/errors.ts";
import { isSameClient } from "../../clients/issuers/client.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import { type Content, parseContent } from "../../clients/vault/content.ts";
import type { StoredVersion, VersionList, VersionSummary } from "../../clients/vault/store.ts";
import type { KnownContent } from "../attempt/read.ts";
import type { Context } from "../context.ts";
import type { Rotation } from "../rotation.ts";

/** The version's content, read at most once per call. */
export async function readKnown(
  rotation: Rotation,
  version: Pick<VersionSummary, "versionNo"> & { readonly name?: string | null },
): Promise<KnownContent> {
  const { context, attempt } = rotation;
  const known = attempt.read.contents.get(version.versionNo);
  if (known !== undefined) return known;
  const written = attempt.writes.written.find(({ name }) => name === version.name);
  if (written !== undefined) {
    attempt.read.contents.set(version.versionNo, written.known);
    return written.known;
  }
  return understand(rotation, await context.clients.vault.readVersion(version.versionNo));
}

/**
 * Understands and keeps a version read from Vault. A version that cannot be understood is no credential, whatever its
 * stages.
 */
export async function understand(rotation: Rotation, version: StoredVersion): Promise<KnownContent> {
  const { attempt } = rotation;
  const known = withoutStranger(rotation, version.versionNo, await read(rotation, version));
  attempt.read.contents.set(version.versionNo, known);
  return known;
}

async function read(rotation: Rotation, version: StoredVersion): Promise<KnownContent> {
  const { context } = rotation;
  let content: Content | null = null;
  try {
    content = parseContent(version.content);
    if (content.kind === "credential" || isFirst(version, content))
      return { kind: "credential", content, credential: context.clients.issuers.open(content) };
    const base = await baseOf(rotation, version.versionNo, content);
    const { claim } = content;
    if (base !== null && claim !== null) {
      const believed = await believable(rotation, version, claim);
      return { kind: "claim", content, claim: believed, credential: context.clients.issuers.open(content) };
    }
    if (base === null && version.versionStages.includes("CURRENT")) return withoutMark(context, version, content);
    const what = "the member _rotation of the secret's content is reserved for claims";
    return unknown(new RotationError("CONTENT_INVALID", what), base !== null, content);
  } catch (thrown) {
    if (isOfVault(thrown)) throw thrown;
    return unknown(asRotationError(thrown), false, content);
  }
}

/**
 * Only the version with which a secret was made is believed to be a placeholder: whoever may only write a secret cannot
 * make that one.
 */
function isFirst({ versionNo }: StoredVersion, { kind }: Content): boolean {
  return kind === "placeholder" && versionNo === 1;
}

/**
 * CURRENT counts as the credential that applications see in it, whatever mark it carries. The mark may be a forgery, or
 * that of a claim made CURRENT whose base is gone.
 */
function withoutMark(context: Context, { versionNo }: StoredVersion, { bare }: Content): KnownContent {
  context.log.warn("mark-ignored", { versionNo });
  const content = parseContent(bare);
  return { kind: "credential", content, credential: context.clients.issuers.open(content) };
}

function unknown(problem: RotationError, isReserved: boolean, content: Content | null): KnownContent {
  return { kind: "unknown", problem, isReserved, bare: content?.bare ?? null };
}

/** A failure to read the version that a mark names says nothing about the mark. */
function isOfVault(thrown: unknown): boolean {
  return thrown instanceof RotationError && (thrown.code.startsWith("VAULT_") || thrown.code === "SECRET_NOT_FOUND");
}

/**
 * The version that a mark was made from: a lower one whose text equals, byte for byte, the marked text without its
 * mark. A writer who cannot read the secret cannot make such a mark. Null: the mark is not believed. A later edition's
 * mark that names no version is compared with CURRENT.
 */
async function baseOf(rotation: Rotation, versionNo: number, content: Content): Promise<VersionSummary | null> {
  const { attempt } = rotation;
  const versions = attempt.read.list?.versions ?? [];
  const base =
    content.markBase === null && content.claim === null
      ? versions.find(({ versionStages }) => versionStages.includes("CURRENT"))
      : versions.find((version) => version.versionNo === content.markBase);
  if (base === undefined || base.versionNo >= versionNo || base.isBeingDeleted) return null;
  const known = await readKnown(rotation, base);
  const bare = known.kind === "unknown" ? known.bare : known.content.bare;
  return bare?.equals(content.bare) === true ? base : null;
}

/** Longer than the life of any issuer's token that is of use in a claim. */
const LONGEST_TOKEN_MS = 31 * 86_400_000;
/** The maximum of OROT_CLAIM_TTL_SECONDS. */
const LONGEST_TTL_SECONDS = 3_600;

/**
 * A claim is believed only within the limits of our own claims. The list, not the claim, shows how many claims stand
 * below it.
 */
async function believable(
  rotation: Rotation,
  { versionNo, createdAt, asOf }: StoredVersion,
  claim: Claim,
): Promise<Claim> {
  const { attempt } = rotation;
  let takeovers = 0;
  for (const version of attempt.read.list?.versions ?? []) {
    if (version.versionNo >= versionNo || version.isBeingDeleted) continue;
    if (takeovers >= claim.takeovers) break;
    if ((await readKnown(rotation, version)).kind !== "claim") break;
    takeovers += 1;
  }
  const { token } = claim;
  const latest = (createdAt ?? asOf) + LONGEST_TOKEN_MS;
  return {
    ...claim,
    ttlSeconds: Math.min(claim.ttlSeconds, LONGEST_TTL_SECONDS),
    takeovers,
    token: token === null ? null : { ...token, expiresAt: Math.min(token.expiresAt, latest) },
  };
}

/** A version of another client than the call serves counts as not understood: no part of it is used or sent. */
function withoutStranger({ context, attempt }: Rotation, versionNo: number, known: KnownContent): KnownContent {
  const { served } = attempt.read;
  // This is CURRENT's own content, which decides the client that the call serves.
  if (served === null) return known;
  const isServed =
    known.kind !== "unknown" &&
    served.client !== null &&
    isSameClient(known.credential.client, served.client, context.settings.issuerAliases ?? []);
  if (isServed || (known.kind === "unknown" && known.isReserved)) return known;
  const outcome = known.kind === "unknown" ? known.problem.code : "another-client";
  context.log.warn("version-of-another-client", { versionNo, outcome });
  attempt.read.strangers.add(versionNo);
  if (known.kind === "unknown") return known;
  const what = `version ${versionNo} is of another client than CURRENT`;
  return unknown(new RotationError("CONTENT_INVALID", what), false, known.content);
}

/**
 * Decides the client that this call serves: CURRENT's at its first look. If a later look finds another client in
 * CURRENT, the secret was changed meanwhile. Then nothing learnt before may be used with the new client.
 * @param current its number is enough: a version's client never changes, so an earlier call may have cached it
 */
export async function settleClient(
  rotation: Rotation,
  current: Pick<VersionSummary, "versionNo"> & { readonly name?: string | null },
): Promise<void> {
  const { attempt } = rotation;
  const { secretId, clientCache, settings } = rotation.context;
  const known = attempt.read.contents.get(current.versionNo);
  const remembered = known === undefined ? clientCache.get(secretId, current.versionNo) : undefined;
  const client = remembered ?? clientIn(known ?? (await readKnown(rotation, current)));
  if (client !== null) clientCache.put(secretId, current.versionNo, client);
  if (attempt.read.served === null) {
    attempt.read.served = { client };
    // The version that CURRENT's mark names was read before the client was known.
    for (const [versionNo, read] of attempt.read.contents) {
      if (versionNo === current.versionNo) continue;
      attempt.read.contents.set(versionNo, withoutStranger(rotation, versionNo, read));
    }
    return;
  }
  const before = attempt.read.served.client;
  attempt.read.isClientChanged =
    client === null || before === null || !isSameClient(client, before, settings.issuerAliases ?? []);
}

function clientIn(known: KnownContent) {
  return known.kind === "unknown" ? null : known.credential.client;
}

/** Reads every version whose content is not known yet; at most 30 are in use. */
export async function readAll(rotation: Rotation, list: VersionList): Promise<void> {
  for (const version of list.versions) {
    if (!version.isBeingDeleted) await readKnown(rotation, version);
  }
}
