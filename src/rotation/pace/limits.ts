import type { HttpRequest } from "../../clients/http/transport.ts";

/** Identity domains limit these two separately (Source: OCI IAM documentation, API rate limits). */
export type Group = "token" | "other";
export const groups = ["token", "other"] as const;

/** Requests of one rotation, or of one window, by group. */
export type Counts = Readonly<Record<Group, number>>;

/**
 * Nine tenths of the limit of the smallest type of domain, Free. Its applications and users share that limit, so a refusal of ours could
 * hit them too.
 */
export const DEFAULT_PER_MINUTE = 135;

/** The estimated cost of a rotation before the first one has ended. */
export const FIRST_COST: Counts = { token: 3, other: 3 };

/** Half of what the smallest type of domain takes in a second. */
const LEAST_PER_SECOND = 5;

/** Below every domain's limit per second, and more than enough to use up the limit per minute. */
export function perSecondOf(perMinute: number): number {
  return Math.max(LEAST_PER_SECOND, Math.ceil(perMinute / 50));
}

/** Every issuer's token endpoint has this suffix; all other requests form the other group. */
export function groupOf({ url }: Pick<HttpRequest, "url">): Group {
  return new URL(url).pathname.endsWith("/token") ? "token" : "other";
}

/** The paths of OCI IAM's API. Other issuers document no limit, and show theirs only by 429. */
export function isIdentityDomain({ url }: Pick<HttpRequest, "url">): boolean {
  return /^\/(?:oauth2|admin)\/v1\//.test(new URL(url).pathname);
}
