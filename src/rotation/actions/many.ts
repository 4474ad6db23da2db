import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";
import { RotationError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Settings } from "../../base/settings/settings.ts";
import type { Tally } from "../../base/tally.ts";
import type { ListedSecret, SecretDirectory } from "../../clients/vault/directory.ts";
import type { Context } from "../context.ts";
import { settingThatNames } from "../own-secrets.ts";

/** What an action on many secrets works with. */
export interface ManyContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly tally: Tally;
  readonly directory: SecretDirectory;
  /** OCID of this function, from the platform; null: not running there. */
  readonly functionId: string | null;
  readonly contextFor: (secretId: string, turn: Budget) => Context;
}

/** Ids of secrets in the order of their turns. */
export interface Order {
  /** They get at most a part of the time until the others have had their turn. */
  readonly failed: string[];
  /** The most urgent first. */
  readonly others: string[];
}

/** How many secrets are looked at or worked on in parallel. */
export const AT_ONCE = 12;

/** Includes UPDATING, since a rotation may have died a moment ago. */
const LOOKED_AT: readonly string[] = ["ACTIVE", "UPDATING"];

/** Whose secrets an action is about. */
export interface Sought {
  /** As the event names it. */
  readonly action: "heal" | "rotate-due";
  readonly isMeant: (secret: ListedSecret, functionId: string) => boolean;
  /** The event in the log for a secret that a setting names as the rotator's own, which is left alone. */
  readonly ownEvent: string;
}

/**
 * The secrets in the configured compartments that are meant, except the rotator's own.
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function findSecrets(
  { settings, directory, functionId, log }: ManyContext,
  { action, isMeant, ownEvent }: Sought,
): Promise<ListedSecret[]> {
  if (settings.healCompartmentIds === null) {
    throw new RotationError(
      "EVENT_INVALID",
      `${action} without a secretId needs OROT_HEAL_COMPARTMENT_IDS`,
      "name the secret, or set OROT_HEAL_COMPARTMENT_IDS",
    );
  }
  if (functionId === null)
    throw new RotationError("SETTINGS_INVALID", "FN_FN_ID is missing", "run it as an OCI Function, which sets it");
  const found: ListedSecret[] = [];
  for (const compartmentId of settings.healCompartmentIds) {
    for await (const secret of directory.secrets({ compartmentId })) {
      if (!LOOKED_AT.includes(secret.lifecycle) || !isMeant(secret, functionId)) continue;
      const { secretId } = secret;
      const setting = settingThatNames(settings, secretId);
      if (setting === null) found.push(secret);
      else log.warn(ownEvent, { secretId, setting });
    }
  }
  return found;
}
