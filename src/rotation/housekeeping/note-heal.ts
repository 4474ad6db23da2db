import { AuthorityError, asRotationError, type ErrorCode, type RotationError } from "../../base/errors.ts";
import { bearerOf, type Credential, type Proof } from "../../clients/issuers/issuer.ts";
import type { Notes, Tags } from "../../clients/vault/store.ts";
import { writeUnchanged } from "../../clients/vault/write-notes.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import type { Observation } from "../observe/observe.ts";
import { learnSurvival } from "./learn-survival.ts";
import { areTooMany, isNewOutcome, type NotedOutcome, readOwnTags, withOwnTags } from "./own-tags.ts";
import { released } from "./release-lease.ts";

/** The token of the version's own login, then second authorities: at some issuers a client may not look at itself. */
async function* proofs(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
  credential: Credential,
): AsyncGenerator<Proof> {
  const login = memory.logins.get(versionNo)?.login;
  if (login?.verdict === "accepted" && login.token !== null && credential.traits.authorities.includes("client")) {
    yield bearerOf(credential.client, login.token.value);
  }
  memory.authorities ??= await invocation.clients.issuers.authoritiesFor(credential, memory.place);
  for (const authority of memory.authorities) {
    const proven = await authority.prove();
    if (proven.verdict === "accepted") yield proven.proof;
  }
}

/** When the issuer itself ends the client secret, in milliseconds since the epoch; null: never, or nobody may tell; `unknown`: not now. */
async function readExpiry(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
  credential: Credential,
): Promise<number | null | "unknown"> {
  if (credential.readExpiry === undefined) return null;
  if (invocation.budget.remaining() <= 0) return "unknown";
  for await (const proof of proofs(invocation, memory, versionNo, credential)) {
    const expiry = await credential.readExpiry(proof);
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
  invocation: Invocation,
  memory: Memory,
  tags: Tags | null,
  versionNo: number,
  now: number,
): Promise<Tags | null> {
  const known = memory.contents.get(versionNo);
  if (tags === null || known === undefined || known.kind === "unknown") return null;
  const { credential } = known;
  const outcome: NotedOutcome = { code: "OK", at: now, versionNo };
  const { issuer, clientId } = credential.client;
  const plain = { issuer, clientId, outcome };
  const { expiry: noted } = readOwnTags(tags, now);
  const isSettled = noted === null || (noted.versionNo === versionNo && noted.at !== null && noted.at > now);
  if (isSettled && !isNewOutcome(tags, outcome)) return bounded(invocation, withOwnTags(tags, plain));
  const at = await readExpiry(invocation, memory, versionNo, credential);
  // The next heal asks again, which it would not do with the outcome noted.
  if (at === "unknown") return null;
  return bounded(invocation, withOwnTags(tags, { ...plain, expiry: at === null ? null : { at, versionNo } }));
}

function bounded({ log }: Invocation, tags: Tags | null): Tags | null {
  if (tags === null || !areTooMany(tags)) return tags;
  log.warn("heal-not-noted", { outcome: "too-many-tags" });
  return null;
}

/**
 * What a heal that ended well keeps on the secret: whether tokens survive a rotation, in the metadata, and the tags, but these not while
 * another run is at work; in one write, and only where something is new. Never throws; best effort.
 */
export async function noteHeal(invocation: Invocation, memory: Memory, observation: Observation): Promise<void> {
  const { log } = invocation;
  try {
    const learnt = await learnSurvival(invocation, memory, observation);
    const { current, list } = observation;
    const tags = isAnotherAtWork(invocation, memory, observation)
      ? null
      : await newTagsOf(invocation, memory, memory.tags, current.versionNo, list.asOf);
    if (learnt === null && tags === null) return;
    const metadata = released(memory, learnt?.metadata ?? memory.metadata);
    const isNew = metadata !== memory.metadata;
    const notes: Notes = { ...(isNew && { metadata }), ...(tags && { tags }) };
    const write = await writeUnchanged(invocation, notes, memory.etag);
    if (isNew && write.outcome === "done" && memory.lease?.isOpen === false) memory.lease = null;
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
 * @param observation the last look of the call
 */
export async function noteFailedHeal(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  error: RotationError,
): Promise<void> {
  const { log, budget, settings } = invocation;
  if (!isLasting(error) || observation === null || memory.tags === null || memory.hand !== null) return;
  // The tags are those of a look at another client than the one in CURRENT now.
  if (memory.isClientChanged) return;
  if (budget.remainingInCall() <= 2 * settings.callTimeoutSeconds * 1000) return;
  try {
    if (isAnotherAtWork(invocation, memory, observation)) return;
    const { versionNo } = observation.current;
    const known = memory.contents.get(versionNo);
    const noted = withOwnTags(memory.tags, {
      ...(known === undefined || known.kind === "unknown"
        ? {}
        : { issuer: known.credential.client.issuer, clientId: known.credential.client.clientId }),
      outcome: { code: error.code, at: observation.list.asOf, versionNo },
    });
    const tags = bounded(invocation, noted);
    if (tags === null) return;
    const write = await writeUnchanged(invocation, { tags }, memory.etag);
    log.info("heal-noted", { outcome: write.outcome });
  } catch (thrown) {
    log.warn("heal-not-noted", { outcome: asRotationError(thrown).code });
  }
}
