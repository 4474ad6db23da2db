import * as z from "zod/mini";

/** The rotator's one key in the secret's metadata. It is plain text: never a secret, never a digest of one. */
const KEY = "orot";
const schema = z.looseObject({
  /** Whether a token that was got with the old client secret still worked after a promotion, and when that was asked (RFC 3339). */
  tokenSurvives: z.optional(z.object({ yes: z.boolean(), askedAt: z.string() })),
});
type Own = z.infer<typeof schema>;
type Metadata = Readonly<Record<string, unknown>>;

/** What an issuer does may change; the question is asked again after so long. */
const ASK_AGAIN_MS = 30 * 86_400_000;

function read(metadata: Metadata): Own {
  const text = metadata[KEY];
  try {
    const parsed = schema.safeParse(JSON.parse(typeof text === "string" ? text : "{}"));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** A token of the old client secret is known to survive the change. */
export function survives(metadata: Metadata): boolean {
  return read(metadata).tokenSurvives?.yes ?? false;
}

/** Whether it is time to ask (again). @param now milliseconds since the epoch */
export function isSurvivalUnknown(metadata: Metadata, now: number): boolean {
  const askedAt = Date.parse(read(metadata).tokenSurvives?.askedAt ?? "");
  return Number.isNaN(askedAt) || now - askedAt > ASK_AGAIN_MS;
}

/** The whole metadata with the answer in it; everything else stays. */
export function withSurvival(metadata: Metadata, yes: boolean, now: number): Metadata {
  const own = { ...read(metadata), tokenSurvives: { yes, askedAt: new Date(now).toISOString() } };
  return { ...metadata, [KEY]: JSON.stringify(own) };
}
