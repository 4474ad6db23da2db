import * as z from "zod/mini";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";

/**
 * The mark that a rotation leaves in Vault before it changes the issuer: a version with CURRENT's credential and this
 * mark. It takes the lock, proves that we may write, and carries what a successor needs to finish.
 */
export interface Claim {
  /** Tells the writer's own claim from every other one; unique for each call. */
  readonly callId: string;
  /** How long the claim belongs to its writer. */
  readonly ttlSeconds: number;
  /** CURRENT's number when it was written. */
  readonly base: number;
  /** How many unfinished claims lie right below it: each doubles the time that others wait. */
  readonly takeovers: number;
  /** Got by the client with its own secret; able to regenerate while that secret is already dead. Null if none was to be had. */
  readonly token: { readonly value: Secret; readonly expiresAt: number } | null;
  /**
   * Only written, never read: the same claim once more, to see what Vault does with a second PENDING version. Its text differs, as a secret may
   * have a rule against repeated ones.
   */
  readonly isTrial?: boolean;
}

const schema = onFirstUse(() =>
  z.object({
    v: z.literal(1),
    kind: z.literal("claim"),
    callId: z.string().check(z.minLength(1), z.maxLength(200)),
    ttlSeconds: z.int().check(z.minimum(1), z.maximum(86_400)),
    base: z.int().check(z.minimum(0)),
    takeovers: z.int().check(z.minimum(0)),
    token: z.optional(z.string().check(z.minLength(1))),
    tokenExpiresAt: z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))))),
  }),
);

/** Understands the member `_rotation`; null if it is none of ours or of a later edition. */
export function parseClaim(value: unknown): Claim | null {
  const parsed = schema().safeParse(value);
  if (!parsed.success) return null;
  const { callId, ttlSeconds, base, takeovers, token, tokenExpiresAt } = parsed.data;
  return {
    callId,
    ttlSeconds,
    base,
    takeovers,
    token:
      token === undefined || tokenExpiresAt === undefined
        ? null
        : { value: new Secret(token), expiresAt: Date.parse(tokenExpiresAt) },
  };
}

/** The member's JSON. It holds a token, so the whole text is a secret. */
export function formatClaim({ callId, ttlSeconds, base, takeovers, token, isTrial = false }: Claim): Secret {
  const held =
    token === null ? {} : { token: token.value.reveal(), tokenExpiresAt: new Date(token.expiresAt).toISOString() };
  const trial = isTrial ? { trial: true } : {};
  return new Secret(JSON.stringify({ v: 1, kind: "claim", callId, ttlSeconds, base, takeovers, ...trial, ...held }));
}

/** Waits double up to this factor, so that an issuer which is down for a year costs some twenty versions at a time. */
const MAX_DOUBLINGS = 6;

/**
 * How long other runs respect a claim, in milliseconds from its creation. A null claim is a later edition's and gets
 * the longest time.
 */
export function claimLifeMs(
  claim: Claim | null,
  defaults: { readonly ttlSeconds: number; readonly landingBoundSeconds: number },
): number {
  const ttlSeconds = claim?.ttlSeconds ?? defaults.ttlSeconds;
  const doublings = claim === null ? MAX_DOUBLINGS : Math.min(claim.takeovers, MAX_DOUBLINGS);
  return (ttlSeconds + defaults.landingBoundSeconds) * 1000 * 2 ** doublings;
}
