import { RotationError } from "../../base/errors.ts";
import { type Client, isSameClient } from "../../clients/issuers/client.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import { isPassing, requireWritable } from "../../clients/vault/lifecycle.ts";
import type { SecretState, VersionStage, VersionSummary } from "../../clients/vault/store.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import type { Context } from "../context.ts";
import { placeOf, requireTagged } from "./binding.ts";
import { listVersions, logInVersion, readCredentialOf } from "./read-versions.ts";

function refused(why: string): RotationError {
  return new RotationError("ROLLBACK_REFUSED", why);
}

/** The version to go back to, which has just logged in, and the etag of the look before that. */
export interface WayBack {
  readonly versionNo: number;
  readonly etag: string | null;
  /** CURRENT's number, the secret's metadata and tags, and its highest version number, of the same look. */
  readonly currentVersionNo: number | null;
  readonly metadata: SecretState["metadata"];
  readonly tags: SecretState["tags"];
  readonly highestNo: number;
}

/**
 * Checks whether PREVIOUS logs in now. Sends only GETs and token requests.
 * @throws RotationError ROLLBACK_REFUSED with the reason; CLIENT_NOT_BOUND
 */
export async function findWayBack(context: Context): Promise<WayBack> {
  const first = await context.clients.vault.readSecret();
  requireWritable(first);
  const state = isPassing(first) ? await waitUntilActive(context) : first;
  if (state === null) throw new RotationError("VAULT_UNAVAILABLE", "the secret stayed UPDATING");
  const { versions } = await listVersions(context);
  const previous = versions.find((version) => version.versionStages.includes("PREVIOUS"));
  if (previous === undefined) throw refused("the secret has no PREVIOUS version");
  const read = await readCredentialOf(context, previous.versionNo);
  if (read === null || read.isClaim) throw refused("PREVIOUS holds no credential");
  await requireSameClient(context, versions, previous.versionNo, read.credential);
  requireTagged(context, read.credential.client, placeOf(context, state));
  const login = await logInVersion(context, read.credential);
  if (login.verdict === "rejected") throw refused("the issuer refuses the client secret in PREVIOUS");
  if (login.verdict === "unknown") throw login.error;
  const { etag, currentVersionNo, metadata, tags } = state;
  const highestNo = versions[0]?.versionNo ?? previous.versionNo;
  return { versionNo: previous.versionNo, etag, currentVersionNo, metadata, tags, highestNo };
}

function numbered(versions: readonly VersionSummary[], stage: VersionStage): string {
  return `version ${versions.find(({ versionStages }) => versionStages.includes(stage))?.versionNo}`;
}

/** Only those who may write the secret may change its client. A rollback must not give others a way to do so. */
async function requireSameClient(
  context: Context,
  versions: readonly VersionSummary[],
  previousNo: number,
  { client }: Credential,
): Promise<void> {
  const current = await currentClient(context, versions);
  if (current !== null && isSameClient(current, client, context.settings.issuerAliases ?? [])) return;
  throw new RotationError(
    "ROLLBACK_REFUSED",
    current === null
      ? `it is not known whether PREVIOUS is of CURRENT's client, as CURRENT cannot be understood: ${numbered(versions, "CURRENT")}`
      : `PREVIOUS is of another client than CURRENT, ${numbered(versions, "CURRENT")}`,
    `if that client is meant: oci vault secret update --secret-id ${context.secretId} --current-version-number ${previousNo}`,
  );
}

const NOT_UNDERSTOOD: readonly string[] = ["CONTENT_INVALID", "ISSUER_UNKNOWN", "ORIGIN_NOT_ALLOWED"];

/** Null: CURRENT holds no credential that can be understood. */
async function currentClient(context: Context, versions: readonly VersionSummary[]): Promise<Client | null> {
  const current = versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
  if (current === undefined) return null;
  try {
    return (await readCredentialOf(context, current.versionNo))?.credential.client ?? null;
  } catch (thrown) {
    if (thrown instanceof RotationError && NOT_UNDERSTOOD.includes(thrown.code)) return null;
    throw thrown;
  }
}
