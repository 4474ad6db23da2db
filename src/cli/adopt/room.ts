import { RotationError } from "../../base/errors.ts";
import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import { createOperatorDirectory } from "../inventory/inventory.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { judge } from "./own-secret.ts";
import type { Planned } from "./plan.ts";
import type { AdoptionParts } from "./task.ts";

/** Secrets of a tenancy and region (Source: OCI Vault, service limits). */
const MOST_SECRETS = 5_000;
/** Parallel looks at secrets whose names are wanted. */
const AT_ONCE = 10;

/** Every secret of these compartments that takes up room. It sees what the operator may see, so there may be more. */
export async function takenRoom(
  runtime: Runtime,
  signedIn: SignedIn,
  compartmentIds: readonly string[],
): Promise<readonly ListedSecret[]> {
  const directory = createOperatorDirectory(runtime, signedIn);
  const seen: ListedSecret[] = [];
  for (const compartmentId of compartmentIds) {
    for await (const one of directory.secrets({ compartmentId })) if (one.lifecycle !== "DELETED") seen.push(one);
  }
  return seen;
}

/**
 * A tenancy that is nearly full is found before the first write.
 * @throws RotationError SECRET_NOT_ROTATABLE, with the number that is too many
 */
export function requireRoom(seen: readonly ListedSecret[], wanted: number): void {
  if (wanted === 0 || seen.length + wanted <= MOST_SECRETS) return;
  throw new RotationError(
    "SECRET_NOT_ROTATABLE",
    `there are ${seen.length} secrets in these compartments, and ${wanted} more would exceed the ${MOST_SECRETS} that a tenancy may have`,
    "adopt fewer, delete secrets that nobody needs, or ask Oracle for a higher limit",
  );
}

/** Leaves those out whose secret's name is taken in its vault by something else. */
export function withoutTaken(
  planned: readonly Planned[],
  seen: readonly ListedSecret[],
  parts: Pick<AdoptionParts, "waitUntilActive" | "readText">,
): Promise<readonly Planned[]> {
  const byName = new Map(seen.map((one) => [`${one.vaultId} ${one.name}`, one]));
  return mapConcurrent([...planned], AT_ONCE, async (one): Promise<Planned> => {
    if (!("task" in one) || one.task.isCreated) return one;
    const { task } = one;
    const holder = byName.get(`${task.place.vaultId} ${task.secretName}`);
    const judged = holder === undefined ? null : await judge(task, holder, parts);
    if (judged === null || "text" in judged) return one;
    return { clientId: task.client.clientId, secretId: null, why: judged.why ?? "", next: judged.next ?? "" };
  });
}
