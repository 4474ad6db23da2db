import { mapConcurrent } from "../../base/map-concurrent.ts";
import { printable } from "../../base/printable.ts";
import { issuerNamed } from "../../clients/issuers/index.ts";
import type { IssuerContext } from "../../clients/issuers/issuer.ts";
import type { CommandContext } from "../command.ts";
import type { Planned } from "./plan.ts";
import type { Task } from "./task.ts";

const isNew = (one: Planned, what: Task["newValue"]): one is { readonly task: Task } =>
  "task" in one && one.task.newValue === what && one.task.given === null;

/** Parallel logins without a secret. */
const PROBES_AT_ONCE = 4;

/** Leaves those alone that log in without a secret: they must never get one beside it. */
export function withoutSecretless(planned: readonly Planned[], context: IssuerContext): Promise<readonly Planned[]> {
  return mapConcurrent([...planned], PROBES_AT_ONCE, async (one): Promise<Planned> => {
    if (!isNew(one, "add")) return one;
    const { client } = one.task;
    const problem = await issuerNamed(client.issuer)?.whyNeedsNoSecret?.(client, context);
    if (problem == null) return one;
    return { clientId: client.clientId, secretId: null, why: problem.message, next: "leave it alone" };
  });
}

const REVIVES =
  "a new client secret if the realm refuses the one that it holds? Where a client policy rotates secrets, the older one works again for the grace.";

/**
 * A reset is asked about one by one, since whoever uses the client is locked out until they have the new value. What a realm has ended is asked
 * about once for all, since nobody can use it.
 */
export async function withConfirmedResets(
  planned: readonly Planned[],
  { confirm }: Pick<CommandContext<unknown>, "confirm">,
): Promise<readonly Planned[]> {
  const agreed: Planned[] = [];
  const revived = planned.filter((one) => isNew(one, "revive")).length;
  const mayRevive = revived === 0 || (await confirm(`Give ${revived} clients ${REVIVES}`));
  for (const one of planned) {
    const isAgreed = isNew(one, "reset")
      ? await confirm(
          `Have the issuer make a new client secret for ${printable(one.task.client.clientId)} if none is known? The one in use dies at once.`,
        )
      : mayRevive || !isNew(one, "revive");
    agreed.push(isAgreed || !("task" in one) ? one : { task: { ...one.task, newValue: "none" } });
  }
  return agreed;
}
