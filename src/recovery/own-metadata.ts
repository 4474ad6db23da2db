import * as z from "zod/mini";

/** The rotator's one key in the secret's metadata. It is plain text: never a secret, never a digest of one. */
const KEY = "orot";
const members = z.record(z.string(), z.unknown());
/** Whether a token that was got with the old client secret still worked after a promotion, and when that was asked (RFC 3339). */
const survival = z.object({ yes: z.boolean(), askedAt: z.string() });
type Metadata = Readonly<Record<string, unknown>>;

/** What an issuer does may change; the question is asked again after so long. */
const ASK_AGAIN_MS = 30 * 86_400_000;

/** Members that another edition keeps there stay as they are. */
function read(metadata: Metadata): Metadata {
  const text = metadata[KEY];
  try {
    const parsed = members.safeParse(JSON.parse(typeof text === "string" ? text : "{}"));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

function survivalIn(metadata: Metadata) {
  const parsed = survival.safeParse(read(metadata)["tokenSurvives"]);
  return parsed.success ? parsed.data : null;
}

/** A token of the old client secret is known to survive the change. @param now milliseconds since the epoch */
export function survives(metadata: Metadata, now: number): boolean {
  return !isSurvivalUnknown(metadata, now) && survivalIn(metadata)?.yes === true;
}

/** Whether it is time to ask (again). @param now milliseconds since the epoch */
export function isSurvivalUnknown(metadata: Metadata, now: number): boolean {
  const askedAt = Date.parse(survivalIn(metadata)?.askedAt ?? "");
  return Number.isNaN(askedAt) || now - askedAt > ASK_AGAIN_MS;
}

/** The whole metadata with the answer in it; everything else stays. */
export function withSurvival(metadata: Metadata, yes: boolean, now: number): Metadata {
  const own = { ...read(metadata), tokenSurvives: { yes, askedAt: new Date(now).toISOString() } };
  return { ...metadata, [KEY]: JSON.stringify(own) };
}
