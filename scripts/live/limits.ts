/**
 * How long a live target may take before it counts as hung: fetching, building and starting everything on a busy
 * machine, and its tests.
 */
export const TARGET_LIMIT_MS = 20 * 60_000;

export const liveTargets = ["uaa", "keycloak", "oci"] as const;

/** To end the programs that a hung target leaves behind, and to say which it was. */
const SPARE_MS = 60_000;

/** All targets, one after the other: above the sum of their own limits, so that the one that hangs is named. */
export const LIVE_LIMIT_MS = liveTargets.length * TARGET_LIMIT_MS + SPARE_MS;
