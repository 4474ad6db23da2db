import { type Answer, failure, success } from "../answer.ts";
import { type Budget, shareOf } from "../budget.ts";
import type { Clock } from "../clock.ts";
import type { Entropy } from "../entropy.ts";
import { asRotationError, RotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Log } from "../log.ts";
import { run } from "../pipeline.ts";
import { readOwnTags } from "../recovery/own-tags.ts";
import type { Settings } from "../settings.ts";
import type { ListedSecret, SecretDirectory } from "../vault/directory.ts";

export interface HealAllContext {
  readonly settings: Settings;
  readonly clock: Clock;
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
/** Those that failed before may fail for good: they take no more than this share before the others have had their turn. */
const FAILED_SHARE = 0.5;
/** No single secret, waiting for its issuer, may take more than this share of what is left. */
const ONE_SECRET_SHARE = 0.5;
const DAY_MS = 86_400_000;
/** A rotation that is due now may still be under way. */
const LATE_MS = 3_600_000;

/** The last rotation that is known of has failed: a heal noted so, or the schedule's time has passed without a success. */
function hasFailed({ tags, rotation }: ListedSecret, now: number): boolean {
  const outcome = tags === null ? null : readOwnTags(tags).outcome;
  if (outcome !== null && outcome.code !== "OK") return true;
  const { isScheduled, intervalDays, lastAt, status } = rotation;
  if (!isScheduled || intervalDays === null || lastAt === null || status === "IN_PROGRESS") return false;
  return now > lastAt + intervalDays * DAY_MS + LATE_MS;
}

async function findSecrets({ settings, directory, functionId }: HealAllContext): Promise<ListedSecret[]> {
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
      if (secret.rotation.functionId === functionId && LOOKED_AT.includes(secret.lifecycle)) found.push(secret);
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

interface Order {
  readonly failed: string[];
  /** With a PENDING version first. */
  readonly others: string[];
}

/** From a random start, so that a budget that is too small reaches all in time. */
async function inOrder(context: HealAllContext, secrets: readonly ListedSecret[]): Promise<Order> {
  const { entropy, clock, budget } = context;
  const start = Math.floor(entropy.fraction() * secrets.length);
  const turned = [...secrets.slice(start), ...secrets.slice(0, start)];
  const now = clock.now();
  const failed = turned.filter((secret) => hasFailed(secret, now)).map(({ secretId }) => secretId);
  const rest = turned.filter((secret) => !hasFailed(secret, now)).map(({ secretId }) => secretId);
  const until = budget.remaining() * (1 - LOOKING_SHARE);
  const urgent: string[] = [];
  for (const secretId of rest) {
    if (budget.remaining() < until) break;
    if (await hasPending(context, secretId)) urgent.push(secretId);
  }
  return { failed, others: [...urgent, ...rest.filter((secretId) => !urgent.includes(secretId))] };
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
  const { failed: failedBefore, others } = await inOrder(context, await findSecrets(context));
  const counts = { healed: 0, healthy: 0, busy: 0, failed: 0 };
  let firstError: RotationError | null = null;
  // Less than this does not finish even a small heal.
  const least = 3 * settings.callTimeoutSeconds * 1000;
  const healWhile = async (secretIds: string[], leftMs: number) => {
    while (budget.remaining() >= Math.max(least, leftMs)) {
      const secretId = secretIds.shift();
      if (secretId === undefined) return;
      const one = await healOne(context, secretId);
      counts[one.outcome] += 1;
      firstError ??= one.error;
    }
  };
  await healWhile(failedBefore, budget.remaining() * (1 - FAILED_SHARE));
  await healWhile(others, 0);
  await healWhile(failedBefore, 0);
  return answerOf({ ...counts, remaining: failedBefore.length + others.length }, firstError);
}

type Counts = Readonly<Record<Healed["outcome"] | "remaining", number>>;

function answerOf(counts: Counts, firstError: RotationError | null): Answer {
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
