import type { HttpRequest } from "../../clients/http/transport.ts";

/** Identity domains count these two apart (Source: OCI IAM documentation, API rate limits). */
export type Group = "token" | "other";
export const groups = ["token", "other"] as const;

/** Requests of one rotation, or of one window, by group. */
export type Counts = Readonly<Record<Group, number>>;

/**
 * Nine tenths of what the smallest type of domain, Free, takes in a minute: its applications and users log in by the same count, and a
 * refusal of ours would be theirs too.
 */
export const DEFAULT_PER_MINUTE = 135;

/** What a rotation is taken to need before the first one has ended. */
export const FIRST_COST: Counts = { token: 3, other: 3 };

/** Smaller than any domain's limit a second, and enough to spend the whole minute's. */
export function perSecondOf(perMinute: number): number {
  return Math.max(2, Math.ceil(perMinute / 50));
}

/** Every issuer's token endpoint ends so; what else is sent to one counts as the rest. */
export function groupOf({ url }: Pick<HttpRequest, "url">): Group {
  return new URL(url).pathname.endsWith("/token") ? "token" : "other";
}

/** The paths of OCI IAM's API: of other issuers no limit is documented, and they show theirs by 429 alone. */
export function isIdentityDomain({ url }: Pick<HttpRequest, "url">): boolean {
  return /^\/(?:oauth2|admin)\/v1\//.test(new URL(url).pathname);
}
