import { type Budget, limitedTo } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import { DAY_MS } from "../../base/durations.ts";
import type { Entropy } from "../../base/entropy.ts";
import { asRotationError, RotationError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { Settings } from "../../base/settings/settings.ts";
import type { ListedSecret, SecretDirectory } from "../../clients/vault/directory.ts";
import type { Context } from "../context.ts";
import { readOwnTags } from "../housekeeping/rotation-tags.ts";
import { settingThatNames } from "../own-secrets.ts";

export interface HealAllContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly directory: SecretDirectory;
  /** OCID of this function, from the platform; null: not running there. */
  readonly functionId: string | null;
  readonly contextFor: (secretId: string, turn: Budget) => Context;
}

/**
 * Ids of secrets in the order of healing. Tags can be set by anyone who may write a secret, so `failed` may be a false
 * claim.
 */
export interface Order {
  readonly failed: string[];
  /** With a PENDING version first. */
  readonly others: string[];
}

/** How many secrets are looked at or healed in parallel. */
export const AT_ONCE = 12;

/** Includes UPDATING, since a rotation may have died a moment ago. */
const LOOKED_AT: readonly string[] = ["ACTIVE", "UPDATING"];
/** Share of the time for finding PENDING versions first. Healing gets the rest. */
const LOOKING_SHARE = 0.25;
/** Time limit of the look at one secret. */
const LOOK_MS = 5_000;
/** A rotation that is due now may still be under way. */
const LATE_MS = 3_600_000;

/**
 * Whether the last known rotation failed: a heal recorded a failure, or the scheduled time has passed without a
 * success.
 */
function hasFailed({ tags, rotation }: ListedSecret, now: number): boolean {
  const outcome = tags === null ? null : readOwnTags(tags, now).outcome;
  if (outcome !== null && outcome.code !== "OK") return true;
  const { isScheduled, intervalDays, lastAt, status } = rotation;
  if (!isScheduled || intervalDays === null || lastAt === null || status === "IN_PROGRESS") return false;
  return now > lastAt + intervalDays * DAY_MS + LATE_MS;
}

/** Whether the secret is healed: its rotation targets this function, and no setting names it as the rotator's own. */
function isHealed({ settings, functionId, log }: HealAllContext, secret: ListedSecret): boolean {
  if (secret.rotation.functionId !== functionId || !LOOKED_AT.includes(secret.lifecycle)) return false;
  const { secretId } = secret;
  const setting = settingThatNames(settings, secretId);
  if (setting !== null) log.warn("own-secret-not-healed", { secretId, setting });
  return setting === null;
}

/**
 * Every secret in the configured compartments whose rotation targets this function, except the rotator's own.
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function findSecrets(context: HealAllContext): Promise<ListedSecret[]> {
  const { settings, directory, functionId } = context;
  if (settings.healCompartmentIds === null) {
    throw new RotationError(
      "EVENT_INVALID",
      "heal without a secretId needs OROT_HEAL_COMPARTMENT_IDS",
      "name the secret, or set OROT_HEAL_COMPARTMENT_IDS",
    );
  }
  if (functionId === null)
    throw new RotationError("SETTINGS_INVALID", "FN_FN_ID is missing", "run it as an OCI Function, which sets it");
  const found: ListedSecret[] = [];
  for (const compartmentId of settings.healCompartmentIds) {
    for await (const secret of directory.secrets({ compartmentId })) {
      if (isHealed(context, secret)) found.push(secret);
    }
  }
  return found;
}

/**
 * Whether the secret has a PENDING version, which an interrupted rotation leaves behind. True if that cannot be read.
 */
async function hasPending({ contextFor, budget, clock, log }: HealAllContext, secretId: string): Promise<boolean> {
  const look = limitedTo(budget, clock, LOOK_MS);
  try {
    const list = await contextFor(secretId, look).clients.vaultWithin(look).listVersions();
    return list?.versions.some((version) => version.versionStages.includes("PENDING")) ?? true;
  } catch (thrown) {
    log.warn("heal-look-failed", { secretId, outcome: asRotationError(thrown).code });
    return true;
  }
}

/** Orders the secrets from a random start, so that a budget that is too small reaches all of them over time. */
export async function inOrder(context: HealAllContext, secrets: readonly ListedSecret[]): Promise<Order> {
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
