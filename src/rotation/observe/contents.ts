import { asRotationError, RotationError } from "../../base/errors.ts";
import { isSameClient } from "../../clients/issuers/client.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import { type Content, parseContent } from "../../clients/vault/content.ts";
import type { StoredVersion, VersionList, VersionSummary } from "../../clients/vault/store.ts";
import type { Attempt, KnownContent } from "../attempt.ts";
import type { Context } from "../context.ts";

/** The version's content, read at most once in a call. */
export async function readKnown(
  context: Context,
  attempt: Attempt,
  version: Pick<VersionSummary, "versionNo"> & { readonly name?: string | null },
): Promise<KnownContent> {
  const known = attempt.contents.get(version.versionNo);
  if (known !== undefined) return known;
  const written = attempt.written.find(({ name }) => name === version.name);
  if (written !== undefined) {
    attempt.contents.set(version.versionNo, written.known);
    return written.known;
  }
  return understand(context, attempt, await context.clients.vault.readVersion(version.versionNo));
}

/** Keeps what a version read from Vault says. A version that cannot be understood is no credential, whatever its version stage. */
export async function understand(context: Context, attempt: Attempt, version: StoredVersion): Promise<KnownContent> {
  const known = withoutStranger(context, attempt, version.versionNo, await read(context, attempt, version));
  attempt.contents.set(version.versionNo, known);
  return known;
}

async function read(context: Context, attempt: Attempt, version: StoredVersion): Promise<KnownContent> {
  let content: Content | null = null;
  try {
    content = parseContent(version.content);
    const base = content.kind === "credential" ? null : await baseOf(context, attempt, version.versionNo, content);
    if (content.kind === "credential")
      return { kind: "credential", content, credential: context.clients.issuers.open(content) };
    const { claim } = content;
    if (base !== null && claim !== null) {
      const believed = await believable(context, attempt, version, claim);
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
 * What applications read counts as the credential that they see in it, whatever mark stands beside it: a claim that somebody has made CURRENT
 * and whose base is gone, or a mark that somebody made up.
 */
function withoutMark(context: Context, { versionNo }: StoredVersion, { bare }: Content): KnownContent {
  context.log.warn("mark-ignored", { versionNo });
  const content = parseContent(bare);
  return { kind: "credential", content, credential: context.clients.issuers.open(content) };
}

function unknown(problem: RotationError, isReserved: boolean, content: Content | null): KnownContent {
  return { kind: "unknown", problem, isReserved, bare: content?.bare ?? null };
}

/** Reading the version that a mark names may fail, which says nothing of the mark. */
function isOfVault(thrown: unknown): boolean {
  return thrown instanceof RotationError && (thrown.code.startsWith("VAULT_") || thrown.code === "SECRET_NOT_FOUND");
}

/**
 * The version that a mark was made from: a lower one whose text is, byte for byte, that of the marked version without its mark. Whoever can
 * write the secret but not read it can make no such mark; null: it is not to be believed. A mark of a later edition that names no version is
 * compared with CURRENT.
 */
async function baseOf(
  context: Context,
  attempt: Attempt,
  versionNo: number,
  content: Content,
): Promise<VersionSummary | null> {
  const versions = attempt.list?.versions ?? [];
  const base =
    content.markBase === null && content.claim === null
      ? versions.find(({ versionStages }) => versionStages.includes("CURRENT"))
      : versions.find((version) => version.versionNo === content.markBase);
  if (base === undefined || base.versionNo >= versionNo || base.isBeingDeleted) return null;
  const known = await readKnown(context, attempt, base);
  const bare = known.kind === "unknown" ? known.bare : known.content.bare;
  return bare?.equals(content.bare) === true ? base : null;
}

/** Longer than any issuer lets a token live by which a claim is of use. */
const LONGEST_TOKEN_MS = 31 * 86_400_000;
/** What OROT_CLAIM_TTL_SECONDS may be at most. */
const LONGEST_TTL_SECONDS = 3_600;

/** A claim is believed as far as one of ours could say it: how many stand below it the list shows, not the claim. */
async function believable(
  context: Context,
  attempt: Attempt,
  { versionNo, createdAt, asOf }: StoredVersion,
  claim: Claim,
): Promise<Claim> {
  let takeovers = 0;
  for (const version of attempt.list?.versions ?? []) {
    if (version.versionNo >= versionNo || version.isBeingDeleted) continue;
    if (takeovers >= claim.takeovers) break;
    if ((await readKnown(context, attempt, version)).kind !== "claim") break;
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

/** A version of another client than the one that the call serves is content that nobody here understands: nothing of it is used or sent. */
function withoutStranger(context: Context, attempt: Attempt, versionNo: number, known: KnownContent): KnownContent {
  const { served } = attempt;
  // CURRENT's own content, by which it is settled whom the call serves.
  if (served === null) return known;
  const isServed =
    known.kind !== "unknown" &&
    served.client !== null &&
    isSameClient(known.credential.client, served.client, context.settings.issuerAliases ?? []);
  if (isServed || (known.kind === "unknown" && known.isReserved)) return known;
  const outcome = known.kind === "unknown" ? known.problem.code : "another-client";
  context.log.warn("version-of-another-client", { versionNo, outcome });
  attempt.strangers.add(versionNo);
  if (known.kind === "unknown") return known;
  const what = `version ${versionNo} is of another client than CURRENT`;
  return unknown(new RotationError("CONTENT_INVALID", what), false, known.content);
}

/**
 * Settles whom this call serves: CURRENT's client at its first look. Where a later look finds another one in CURRENT, somebody has changed
 * the secret meanwhile, and nothing that was learnt before may meet the new one.
 * @param current its number is enough: whose a version is never changes, so it may be known from an earlier call
 */
export async function settleClient(
  context: Context,
  attempt: Attempt,
  current: Pick<VersionSummary, "versionNo"> & { readonly name?: string | null },
): Promise<void> {
  const { secretId, clientCache, settings } = context;
  const known = attempt.contents.get(current.versionNo);
  const remembered = known === undefined ? clientCache.get(secretId, current.versionNo) : undefined;
  const client = remembered ?? clientIn(known ?? (await readKnown(context, attempt, current)));
  if (client !== null) clientCache.put(secretId, current.versionNo, client);
  if (attempt.served === null) {
    attempt.served = { client };
    // What CURRENT's mark names was read before it was known whom the call serves.
    for (const [versionNo, read] of attempt.contents) {
      if (versionNo === current.versionNo) continue;
      attempt.contents.set(versionNo, withoutStranger(context, attempt, versionNo, read));
    }
    return;
  }
  const before = attempt.served.client;
  attempt.isClientChanged =
    client === null || before === null || !isSameClient(client, before, settings.issuerAliases ?? []);
}

function clientIn(known: KnownContent) {
  return known.kind === "unknown" ? null : known.credential.client;
}

/** Reads every version whose content is not known yet; at most 30 are in use. */
export async function readAll(context: Context, attempt: Attempt, list: VersionList): Promise<void> {
  for (const version of list.versions) {
    if (!version.isBeingDeleted) await readKnown(context, attempt, version);
  }
}
