import { limitedTo } from "../../base/budget.ts";
import { DAY_MS } from "../../base/durations.ts";
import { asRotationError } from "../../base/errors.ts";
import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import { isAbandoned, readOwnTags } from "../housekeeping/rotation-tags.ts";
import { AT_ONCE, type ManyContext, type Order, type Sought } from "./many.ts";

/** Share of the time for finding PENDING versions first. Healing gets the rest. */
const LOOKING_SHARE = 0.25;
/** Time limit of the look at one secret. */
const LOOK_MS = 5_000;
/** A rotation that is due now may still be under way. */
export const LATE_MS = 3_600_000;

/**
 * Whether the last known rotation failed: a heal recorded a failure, or the scheduled time has passed without a
 * success.
 */
export function hasFailed({ tags, rotation }: ListedSecret, now: number): boolean {
  const outcome = tags === null ? null : readOwnTags(tags, now).outcome;
  if (outcome !== null && outcome.code !== "OK") return true;
  const { isScheduled, intervalDays, lastAt, status } = rotation;
  if (!isScheduled || intervalDays === null || lastAt === null || status === "IN_PROGRESS") return false;
  return now > lastAt + intervalDays * DAY_MS + LATE_MS;
}

/** Every secret whose rotation targets this function. */
export const healed: Sought = {
  action: "heal",
  isMeant: ({ rotation, tags }, functionId) => rotation.functionId === functionId && !isAbandoned(tags),
  ownEvent: "own-secret-not-healed",
};

/**
 * Whether the secret has a PENDING version, which an interrupted rotation leaves behind. True if that cannot be read.
 */
async function hasPending({ contextFor, budget, clock, log }: ManyContext, secretId: string): Promise<boolean> {
  const look = limitedTo(budget, clock, LOOK_MS);
  try {
    const list = await contextFor(secretId, look).clients.vaultWithin(look).listVersions();
    return list?.versions.some((version) => version.versionStages.includes("PENDING")) ?? true;
  } catch (thrown) {
    log.warn("heal-look-failed", { secretId, outcome: asRotationError(thrown).code });
    return true;
  }
}

/**
 * Orders the secrets from a random start, so that a budget that is too small reaches all of them over time. Tags can
 * be set by anyone who may write a secret, so that one has failed may be a false claim.
 */
export async function inOrder(context: ManyContext, secrets: readonly ListedSecret[]): Promise<Order> {
  const { entropy, clock, budget } = context;
  const start = Math.floor(entropy.fraction() * secrets.length);
  const turned = [...secrets.slice(start), ...secrets.slice(0, start)];
  const now = clock.now();
  const failed = turned.filter((secret) => hasFailed(secret, now)).map(({ secretId }) => secretId);
  const rest = turned.filter((secret) => !hasFailed(secret, now)).map(({ secretId }) => secretId);
  const until = budget.remaining() * (1 - LOOKING_SHARE);
  const isUrgent = new Map(
    await mapConcurrent(rest, AT_ONCE, async (secretId) => {
      const isLooked = budget.remaining() >= until;
      return [secretId, isLooked && (await hasPending(context, secretId))] as const;
    }),
  );
  const urgent = rest.filter((secretId) => isUrgent.get(secretId));
  return { failed, others: [...urgent, ...rest.filter((secretId) => !isUrgent.get(secretId))] };
}
