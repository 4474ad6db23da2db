import { type Answer, failure, success } from "../answer.ts";
import { type Budget, shareOf } from "../budget.ts";
import type { Entropy } from "../entropy.ts";
import { asRotationError, RotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Log } from "../log.ts";
import { run } from "../pipeline.ts";
import type { Settings } from "../settings.ts";
import type { SecretDirectory } from "../vault/directory.ts";

export interface HealAllContext {
  readonly settings: Settings;
  readonly budget: Budget;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly directory: SecretDirectory;
  /** OCID of this function, as the platform tells it; null: not on the platform. */
  readonly functionId: string | null;
  readonly invocationFor: (secretId: string, budget: Budget) => Invocation;
}

interface Healed {
  readonly outcome: "healed" | "healthy" | "busy" | "failed";
  /** Of `failed`. */
  readonly error: RotationError | null;
}

/** UPDATING too: a rotation may have died a moment ago. */
const LOOKED_AT: readonly string[] = ["ACTIVE", "UPDATING"];
/** Looking for PENDING versions first may take this share of the time; healing gets the rest. */
const LOOKING_SHARE = 0.25;
/** No single secret, waiting for its issuer, may take more than this share of what is left. */
const ONE_SECRET_SHARE = 0.5;

async function findSecrets({ settings, directory, functionId }: HealAllContext): Promise<string[]> {
  if (settings.healCompartmentIds === null) {
    throw new RotationError(
      "EVENT_INVALID",
      "heal without a secretId needs OROT_HEAL_COMPARTMENT_IDS",
      "name the secret, or set OROT_HEAL_COMPARTMENT_IDS",
    );
  }
  if (functionId === null)
    throw new RotationError("SETTINGS_INVALID", "FN_FN_ID is missing", "run it as an OCI Function, which sets it");
  const found: string[] = [];
  for (const compartmentId of settings.healCompartmentIds) {
    for (const secret of await directory.list(compartmentId)) {
      if (secret.functionId === functionId && LOOKED_AT.includes(secret.lifecycle)) found.push(secret.secretId);
    }
  }
  return found;
}

/** A PENDING version is what an interrupted rotation leaves behind. */
async function hasPending({ invocationFor, budget, log }: HealAllContext, secretId: string): Promise<boolean> {
  try {
    const list = await invocationFor(secretId, budget).store.listVersions();
    return list?.versions.some((version) => version.versionStages.includes("PENDING")) ?? true;
  } catch (thrown) {
    log.warn("heal-look-failed", { secretId, outcome: asRotationError(thrown).code });
    return true;
  }
}

/** Those with a PENDING version first; the others from a random start, so that a budget that is too small reaches all in time. */
async function inOrder(context: HealAllContext, secretIds: readonly string[]): Promise<readonly string[]> {
  const start = Math.floor(context.entropy.fraction() * secretIds.length);
  const turned = [...secretIds.slice(start), ...secretIds.slice(0, start)];
  const until = context.budget.remaining() * (1 - LOOKING_SHARE);
  const urgent: string[] = [];
  for (const secretId of turned) {
    if (context.budget.remaining() < until) break;
    if (await hasPending(context, secretId)) urgent.push(secretId);
  }
  return [...urgent, ...turned.filter((secretId) => !urgent.includes(secretId))];
}

async function healOne(context: HealAllContext, secretId: string): Promise<Healed> {
  const invocation = context.invocationFor(secretId, shareOf(context.budget, ONE_SECRET_SHARE));
  try {
    const { code } = await run(invocation, { name: "HEAL" }, { stages: [], rotationId: null });
    return { outcome: code === "NOTHING_TO_DO" ? "healthy" : "healed", error: null };
  } catch (thrown) {
    const error = asRotationError(thrown);
    context.log.warn("heal-failed", { secretId, outcome: error.code, message: error.returnMessage });
    return error.code === "CLAIM_LIVE" ? { outcome: "busy", error: null } : { outcome: "failed", error };
  }
}

/**
 * Heals every secret whose rotation targets this function, in the compartments of the settings, while the time lasts.
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function healAll(context: HealAllContext): Promise<Answer> {
  const { settings, budget } = context;
  const secretIds = await inOrder(context, await findSecrets(context));
  const counts = { healed: 0, healthy: 0, busy: 0, failed: 0, remaining: secretIds.length };
  let firstError: RotationError | null = null;
  // Less than this does not finish even a small heal.
  const least = 3 * settings.callTimeoutSeconds * 1000;
  for (const secretId of secretIds) {
    if (budget.remaining() < least) break;
    const one = await healOne(context, secretId);
    counts[one.outcome] += 1;
    counts.remaining -= 1;
    firstError ??= one.error;
  }
  const { healed, healthy, busy, failed, remaining } = counts;
  const what = `${healed} healed, ${healthy} healthy, ${busy} busy, ${failed} failed, ${remaining} not reached`;
  if (firstError !== null) {
    // An alarm or a schedule that sent this must see that something is left to do, and what kind of thing.
    const why = new RotationError(
      firstError.code,
      `${what}; the first failure: ${firstError.message}`,
      "read the log lines heal-failed",
    );
    return { ...failure(why), ...counts };
  }
  const next = remaining > 0 ? "send heal again" : "nothing";
  return { ...success(healed > 0 ? "OK" : "NOTHING_TO_DO", what, null, next), ...counts };
}
