import { mapConcurrent } from "../../base/map-concurrent.ts";
import { printable } from "../../base/printable.ts";
import { issuerNamed } from "../../clients/issuers/index.ts";
import type { IssuerContext } from "../../clients/issuers/issuer.ts";
import type { CommandContext } from "../command.ts";
import type { Planned } from "./plan.ts";

/** Parallel logins without a secret. */
const PROBES_AT_ONCE = 4;

/** Leaves those alone that log in without a secret: they must never get one beside it. */
export function withoutSecretless(planned: readonly Planned[], context: IssuerContext): Promise<readonly Planned[]> {
  return mapConcurrent([...planned], PROBES_AT_ONCE, async (one): Promise<Planned> => {
    if (!("task" in one) || one.task.newValue !== "add" || one.task.given !== null) return one;
    const { client } = one.task;
    const problem = await issuerNamed(client.issuer)?.whyNeedsNoSecret?.(client, context);
    if (problem == null) return one;
    return { clientId: client.clientId, secretId: null, why: problem.message, next: "leave it alone" };
  });
}

/** A reset is asked about one by one, since whoever uses the client is locked out until they have the new value. */
export async function withConfirmedResets(
  planned: readonly Planned[],
  { confirm }: Pick<CommandContext<unknown>, "confirm">,
): Promise<readonly Planned[]> {
  const agreed: Planned[] = [];
  for (const one of planned) {
    const isReset = "task" in one && one.task.newValue === "reset" && one.task.given === null;
    const isAgreed =
      !isReset ||
      (await confirm(
        `Have the issuer make a new client secret for ${printable(one.task.client.clientId)} if none is known? The one in use dies at once.`,
      ));
    agreed.push(isAgreed || !("task" in one) ? one : { task: { ...one.task, newValue: "none" } });
  }
  return agreed;
}
