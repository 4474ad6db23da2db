import { RotationError } from "../../base/errors.ts";
import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import { isAbandoned, readOwnTags } from "../../rotation/housekeeping/rotation-tags.ts";
import { isHealthy } from "../../rotation/plan/plan-text.ts";
import { asOperator, CliError, problemOf } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type FunctionAnswer, partsOf } from "../function.ts";
import { createOperatorDirectory, placesOf as listedPlaces } from "../inventory/inventory.ts";
import type { HealedSecret } from "./report.ts";

type Context = CommandContext<never>;

/** UPDATING too, since a rotation may have crashed a moment ago. */
const LOOKED_AT: readonly string[] = ["ACTIVE", "UPDATING"];

export interface Places {
  readonly compartmentIds: readonly string[];
  /** Empty: all. */
  readonly vaultIds: readonly string[];
  /** Null: every secret that any function rotates, and those tagged by a heal. */
  readonly functionId: string | null;
}

/** @throws as `compartmentsOf` does */
export function placesOf(
  { runtime }: Pick<Context, "runtime">,
  given: {
    readonly compartment: readonly string[];
    readonly vault: readonly string[];
    readonly function: string | undefined;
  },
): Places {
  return { ...listedPlaces(runtime, given), functionId: given.function ?? null };
}

function isOurs(secret: ListedSecret, { functionId, vaultIds }: Places, now: number): boolean {
  const { rotation, tags, lifecycle, isReplica, vaultId } = secret;
  if (vaultIds.length > 0 && !vaultIds.includes(vaultId)) return false;
  if (!LOOKED_AT.includes(lifecycle) || isReplica || isAbandoned(tags)) return false;
  if (functionId !== null) return rotation.functionId === functionId;
  return rotation.functionId !== null || readOwnTags(tags ?? {}, now).issuer !== null;
}

/** @throws CliError that names the compartment and the policy line, if OCI shows none of its secrets */
export async function findSecrets({ runtime, signIn }: Context, places: Places): Promise<readonly ListedSecret[]> {
  const directory = createOperatorDirectory(runtime, await signIn());
  const found: ListedSecret[] = [];
  for (const compartmentId of places.compartmentIds) {
    try {
      for await (const secret of directory.secrets({ compartmentId }))
        if (isOurs(secret, places, runtime.clock.now())) found.push(secret);
    } catch (thrown) {
      throw asPlaceError(thrown, compartmentId);
    }
  }
  return found;
}

function asPlaceError(thrown: unknown, compartmentId: string): unknown {
  if (!(thrown instanceof RotationError) || thrown.code !== "SECRET_NOT_FOUND") return thrown;
  return new CliError("OCI_REFUSED", {
    what: `ListSecrets of ${compartmentId} was answered 404`,
    means: "the compartment does not exist in this region, or you may not see it",
    next: `check the OCID and --region, and the policy line "Allow group <your group> to inspect secrets in compartment id ${compartmentId}"`,
  });
}

type One = (secret: ListedSecret) => Promise<Pick<HealedSecret, "outcome" | "code" | "what" | "next">>;

function outcomeOf({ responseCode }: FunctionAnswer, code: string): HealedSecret["outcome"] {
  if (responseCode === 200) return code === "NOTHING_TO_DO" ? "healthy" : "healed";
  return code === "CLAIM_LIVE" ? "busy" : "failed";
}

/** Heals one secret here, as the operator. */
export const healOne =
  ({ local }: Pick<Context, "local">): One =>
  async ({ secretId }) => {
    const answer = await local({ secretId, action: "heal" });
    const parts = partsOf(answer);
    return { outcome: outcomeOf(answer, parts.code), ...parts };
  };

/** Reports what a heal of one secret would do, with reads only. */
export const planOne =
  ({ plan }: Pick<Context, "plan">): One =>
  async ({ secretId }) => {
    const { state, decision, changes, current, next, why, nextAction } = await plan(secretId, { name: "HEAL" });
    const told = { code: state, what: changes ? next : asOperator(why), next: asOperator(nextAction ?? "nothing") };
    if (changes) return { outcome: "planned", ...told, next: `oci-rotate heal ${secretId}` };
    if (decision.kind === "fail" && decision.code !== "CLAIM_LIVE") return { outcome: "failed", ...told };
    if (state === "busy" || state === "updating") return { outcome: "busy", ...told };
    return { outcome: isHealthy(state, current) || state === "poisoned" ? "healthy" : "planned", ...told };
  };

const NOT_REACHED = {
  outcome: "remaining",
  code: "INTERRUPTED",
  what: "it was not reached",
  next: "run heal --all again",
} as const;

/**
 * Runs each secret once, with at most n in parallel. One failure stops no other; a lost sign-in stops all. After Ctrl-C none starts.
 * @param ended is called as each one ends
 */
export function forEach(
  { runtime, causeOf }: Context,
  secrets: readonly ListedSecret[],
  atOnce: number,
  one: One,
  ended: (secret: HealedSecret, count: number) => void,
): Promise<readonly HealedSecret[]> {
  let count = 0;
  return mapConcurrent(secrets, atOnce, async (secret) => {
    const { secretId, name } = secret;
    if (runtime.signal.aborted) return { secretId, name, ...NOT_REACHED };
    const result = { secretId, name, ...(await toldOf(() => one(secret), causeOf)) };
    count += 1;
    ended(result, count);
    return result;
  });
}

async function toldOf(one: () => ReturnType<One>, causeOf: Context["causeOf"]): ReturnType<One> {
  try {
    return await one();
  } catch (thrown) {
    const cause = causeOf(thrown);
    const { code, what, next, exitCode } = problemOf(cause);
    if (exitCode === exitCodes.signIn) throw cause;
    return { outcome: "failed", code, what, next };
  }
}
