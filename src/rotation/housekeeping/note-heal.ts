import { AuthorityError, asRotationError, type ErrorCode, type RotationError } from "../../base/errors.ts";
import { type Authorization, bearerOf, type Credential } from "../../clients/issuers/issuer.ts";
import type { Annotations, Tags } from "../../clients/vault/store.ts";
import { writeIfUnchanged } from "../../clients/vault/write-annotations.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import type { Snapshot } from "../observe/observe.ts";
import { probeTokenSurvival } from "./probe-token-survival.ts";
import { released } from "./release-lease.ts";
import { areTooMany, isNewOutcome, type NotedOutcome, readOwnTags, withOwnTags } from "./rotation-tags.ts";

/** The token of the version's own login, then second authorities: at some issuers a client may not look at itself. */
async function* proofs(
  context: Context,
  attempt: Attempt,
  versionNo: number,
  credential: Credential,
): AsyncGenerator<Authorization> {
  const login = attempt.logins.get(versionNo)?.login;
  if (login?.verdict === "accepted" && login.token !== null && credential.capabilities.authorities.includes("client")) {
    yield bearerOf(credential.client, login.token.value);
  }
  attempt.authorities ??= await context.clients.issuers.authoritiesFor(credential, attempt.place);
  for (const authority of attempt.authorities) {
    const proven = await authority.prove();
    if (proven.verdict === "accepted") yield proven.authorization;
  }
}

/** When the issuer itself ends the client secret, in milliseconds since the epoch; null: never, or nobody may tell; `unknown`: not now. */
async function readExpiry(
  context: Context,
  attempt: Attempt,
  versionNo: number,
  credential: Credential,
): Promise<number | null | "unknown"> {
  if (credential.readExpiry === undefined) return null;
  if (context.budget.remaining() <= 0) return "unknown";
  for await (const authorization of proofs(context, attempt, versionNo, credential)) {
    const expiry = await credential.readExpiry(authorization);
    if (expiry.outcome === "proof-refused") continue;
    if (expiry.outcome === "unknown") return "unknown";
    return expiry.outcome === "read" ? expiry.at : null;
  }
  return null;
}

/**
 * All tags as they should be after a heal that ended well with this version as CURRENT; null where nothing is worth a write. The issuer is
 * asked for its expiry only where something is new, or where the one noted has passed or is another version's.
 * @param now milliseconds since the epoch
 */
export async function newTagsOf(
  context: Context,
  attempt: Attempt,
  tags: Tags | null,
  versionNo: number,
  now: number,
): Promise<Tags | null> {
  const known = attempt.contents.get(versionNo);
  if (tags === null || known === undefined || known.kind === "unknown") return null;
  const { credential } = known;
  const outcome: NotedOutcome = { code: "OK", at: now, versionNo };
  const { issuer, clientId } = credential.client;
  const plain = { issuer, clientId, outcome };
  const { expiry: noted } = readOwnTags(tags, now);
  const isSettled = noted === null || (noted.versionNo === versionNo && noted.at !== null && noted.at > now);
  if (isSettled && !isNewOutcome(tags, outcome)) return bounded(context, withOwnTags(tags, plain));
  const at = await readExpiry(context, attempt, versionNo, credential);
  // The next heal asks again, which it would not do with the outcome noted.
  if (at === "unknown") return null;
  return bounded(context, withOwnTags(tags, { ...plain, expiry: at === null ? null : { at, versionNo } }));
}

function bounded({ log }: Context, tags: Tags | null): Tags | null {
  if (tags === null || !areTooMany(tags)) return tags;
  log.warn("heal-not-noted", { outcome: "too-many-tags" });
  return null;
}

/**
 * What a heal that ended well keeps on the secret: whether tokens survive a rotation, in the metadata, and the tags, but these not while
 * another run is at work; in one write, and only where something is new. Never throws; best effort.
 */
export async function noteHeal(context: Context, attempt: Attempt, snapshot: Snapshot): Promise<void> {
  const { log } = context;
  try {
    const learnt = await probeTokenSurvival(context, attempt, snapshot);
    const { current, list } = snapshot;
    const tags = isAnotherAtWork(context, attempt, snapshot)
      ? null
      : await newTagsOf(context, attempt, attempt.tags, current.versionNo, list.asOf);
    if (learnt === null && tags === null) return;
    const metadata = released(attempt, learnt?.metadata ?? attempt.metadata);
    const isNew = metadata !== attempt.metadata;
    const annotations: Annotations = { ...(isNew && { metadata }), ...(tags && { tags }) };
    const write = await writeIfUnchanged(context, annotations, attempt.etag);
    if (isNew && write.outcome === "done" && attempt.lease?.isOpen === false) attempt.lease = null;
    if (learnt !== null) {
      log.info("token-survival", { outcome: learnt.survives ? "survives" : "dies", write: write.outcome });
    }
    if (tags !== null) log.info("heal-noted", { outcome: write.outcome });
  } catch (thrown) {
    log.warn("heal-not-noted", { outcome: asRotationError(thrown).code });
  }
}

/** Trouble that an operator has to end. What passes by itself is not worth a write, nor what Vault would refuse to take. */
export function isLasting(error: RotationError): boolean {
  const { code, responseCode } = error;
  const unwritable: readonly ErrorCode[] = ["VAULT_FORBIDDEN", "SECRET_NOT_FOUND", "SECRET_NOT_ROTATABLE", "PAUSED"];
  // What Vault says of a second authority's secret does not keep it from taking a write to this one.
  const isWritable = error instanceof AuthorityError || !unwritable.includes(code);
  return responseCode < 500 && isWritable;
}

/**
 * What a heal that ended with an error keeps in the tags, so that a list of secrets shows where an operator is needed. Nothing while another
 * run is at work. Never throws; best effort.
 * @param snapshot the last look of the call
 */
export async function noteFailedHeal(
  context: Context,
  attempt: Attempt,
  snapshot: Snapshot | null,
  error: RotationError,
): Promise<void> {
  const { log, budget, settings } = context;
  if (!isLasting(error) || snapshot === null || attempt.tags === null || attempt.unsaved !== null) return;
  // The tags are those of a look at another client than the one in CURRENT now.
  if (attempt.isClientChanged) return;
  if (budget.remainingInCall() <= 2 * settings.callTimeoutSeconds * 1000) return;
  try {
    if (isAnotherAtWork(context, attempt, snapshot)) return;
    const { versionNo } = snapshot.current;
    const known = attempt.contents.get(versionNo);
    const noted = withOwnTags(attempt.tags, {
      ...(known === undefined || known.kind === "unknown"
        ? {}
        : { issuer: known.credential.client.issuer, clientId: known.credential.client.clientId }),
      outcome: { code: error.code, at: snapshot.list.asOf, versionNo },
    });
    const tags = bounded(context, noted);
    if (tags === null) return;
    const write = await writeIfUnchanged(context, { tags }, attempt.etag);
    log.info("heal-noted", { outcome: write.outcome });
  } catch (thrown) {
    log.warn("heal-not-noted", { outcome: asRotationError(thrown).code });
  }
}
