import * as z from "zod/mini";
import { isTooDeep } from "../../base/json-depth.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import type { VersionSummary } from "./store.ts";

/**
 * The rotator's one key in the secret's metadata. It is plain text: never a secret, never a digest of one. Anyone who
 * may write the secret may write it too. So a value that none of our calls could have written counts as absent, and
 * cannot block rotation forever.
 */
const KEY = "orot";
const members = onFirstUse(() => z.record(z.string(), z.unknown()));
/** Whether a token that was got with the old client secret still worked after a promotion, and when that was asked (RFC 3339). */
const survival = onFirstUse(() => z.object({ yes: z.boolean(), askedAt: z.string() }));
/** Since when which version is CURRENT (RFC 3339): the grace of the value before it counts from there. */
const since = onFirstUse(() => z.object({ version: z.int(), at: z.string() }));
/** The time (RFC 3339) until which only the call with this id changes what the issuer holds. */
const lease = onFirstUse(() => z.object({ callId: z.string(), until: z.string() }));
/** What Vault does with a second PENDING version. That it refuses one is never noted: the list of versions shows it. */
const secondPending = onFirstUse(() => z.literal("taken"));
type Metadata = Readonly<Record<string, unknown>>;

/** What an issuer does may change; the question is asked again after so long. */
const ASK_AGAIN_MS = 30 * 86_400_000;
/** What the clocks of two machines, and of OCI, may differ by. */
const SKEW_MS = 5 * 60_000;
/** The longest life that OROT_CLAIM_TTL_SECONDS gives a lease. */
const LONGEST_LEASE_MS = 3_600_000;

/** Far more than all editions of ours keep. */
const MAX_CHARACTERS = 1_000_000;

/** Members that another edition keeps there stay as they are. */
function read(metadata: Metadata): Metadata {
  const text = metadata[KEY];
  if (typeof text !== "string" || text.length > MAX_CHARACTERS || isTooDeep(text)) return {};
  try {
    const parsed = members().safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

function survivalIn(metadata: Metadata) {
  const parsed = survival().safeParse(read(metadata)["tokenSurvives"]);
  return parsed.success ? parsed.data : null;
}

/** A token of the old client secret is known to survive the change. @param now milliseconds since the epoch */
export function tokensSurvive(metadata: Metadata, now: number): boolean {
  return survivalIn(metadata)?.yes === true && !isSurvivalUnknown(metadata, now);
}

/** Whether it is time to ask (again). @param now milliseconds since the epoch */
export function isSurvivalUnknown(metadata: Metadata, now: number): boolean {
  const known = survivalIn(metadata);
  const askedAt = known === null ? Number.NaN : Date.parse(known.askedAt);
  return Number.isNaN(askedAt) || now - askedAt > ASK_AGAIN_MS || askedAt > now + SKEW_MS;
}

/** A member that another module reads and writes; undefined: there is none. */
export function ownMember(metadata: Metadata, name: string): unknown {
  return read(metadata)[name];
}

/** The whole metadata with these members of our own key in it; everything else stays. */
export function withOwn(metadata: Metadata, change: Metadata): Metadata {
  return { ...metadata, [KEY]: JSON.stringify({ ...read(metadata), ...change }) };
}

/** The whole metadata with the answer in it; everything else stays. */
export function withSurvival(metadata: Metadata, yes: boolean, now: number): Metadata {
  return withOwn(metadata, { tokenSurvives: { yes, askedAt: new Date(now).toISOString() } });
}

/** A note that Vault takes a second PENDING version in place of the first. Forging or removing the note only costs a rotation time. */
export function isSecondPendingTaken(metadata: Metadata): boolean {
  return secondPending().safeParse(read(metadata)["secondPending"]).success;
}

/** The whole metadata with that note; everything else stays. */
export function withSecondPendingTaken(metadata: Metadata): Metadata {
  return withOwn(metadata, { secondPending: "taken" });
}

/**
 * When CURRENT was first seen as CURRENT, in milliseconds since the epoch; null: not noted, or an impossible time.
 * @param now on OCI's clock
 */
export function currentSince(
  metadata: Metadata,
  { versionNo, createdAt }: Pick<VersionSummary, "versionNo" | "createdAt">,
  now: number,
): number | null {
  const parsed = since().safeParse(read(metadata)["currentSince"]);
  const at = parsed.success && parsed.data.version === versionNo ? Date.parse(parsed.data.at) : Number.NaN;
  return at >= createdAt && at <= now + SKEW_MS ? at : null;
}

export function withCurrentSince(metadata: Metadata, versionNo: number, at: number): Metadata {
  return withOwn(metadata, { currentSince: { version: versionNo, at: new Date(at).toISOString() } });
}

/** Notes that a version was encrypted for the key with this thumbprint. Only shown to people: nothing is decided by it. */
export function withHandOver(
  metadata: Metadata,
  { versionNo, to, at }: { readonly versionNo: number; readonly to: string; readonly at: number },
): Metadata {
  return withOwn(metadata, { handedOver: { version: versionNo, to, at: new Date(at).toISOString() } });
}

/**
 * The highest version number whose value has no grace; 0: every value has.
 * @param highestNo of the secret's versions
 */
export function noGraceUpTo(metadata: Metadata, highestNo: number): number {
  const number = read(metadata)["noGrace"];
  return typeof number === "number" && Number.isInteger(number) && number <= highestNo ? number : 0;
}

export function withNoGraceUpTo(metadata: Metadata, versionNo: number): Metadata {
  return withOwn(metadata, { noGrace: versionNo });
}

function anyLease(metadata: Metadata): { readonly callId: string; readonly until: number } | null {
  const parsed = lease().safeParse(read(metadata)["lease"]);
  const until = parsed.success ? Date.parse(parsed.data.until) : Number.NaN;
  return parsed.success && !Number.isNaN(until) ? { callId: parsed.data.callId, until } : null;
}

/**
 * Which call may change what the issuer holds of the client, and until when, in milliseconds since the epoch; null: none. One that lasts
 * longer than any of ours is none: cut to a shorter one it would start again with each look.
 * @param now on OCI's clock
 */
export function leaseIn(metadata: Metadata, now: number): { readonly callId: string; readonly until: number } | null {
  const found = anyLease(metadata);
  return found !== null && found.until <= now + LONGEST_LEASE_MS + SKEW_MS ? found : null;
}

/** Whether the lease that is noted was taken under this id. */
export function isLeaseOf(metadata: Metadata, callId: string): boolean {
  return anyLease(metadata)?.callId === callId;
}

export function withoutLease(metadata: Metadata): Metadata {
  const { lease: _, ...others } = read(metadata);
  return { ...metadata, [KEY]: JSON.stringify(others) };
}

export function withLease(metadata: Metadata, callId: string, until: number): Metadata {
  return withOwn(metadata, { lease: { callId, until: new Date(until).toISOString() } });
}
