import type { Schedule } from "../../../clients/vault/rotation-client.ts";
import type { RotationState } from "../../../clients/vault/rotation-responses.ts";
import { isAbandoned } from "../../../rotation/housekeeping/rotation-tags.ts";
import { CliError } from "../../cli-error.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { functionId, interval, optional } from "../../fields.ts";
import { createFunctionClient } from "../../function.ts";
import { secretArgument } from "../../secret-argument.ts";
import { changeSecret, openSecret, takeUpAgain } from "../../secret-change.ts";
import { intervalFor, requireSpreadable } from "../../spread.ts";
import { printSchedule, scheduleData } from "./shown.ts";

export function isAsWanted({ rotation }: RotationState, wanted: Schedule): boolean {
  return (
    rotation.functionId === wanted.functionId &&
    rotation.intervalDays === wanted.intervalDays &&
    rotation.isScheduled === wanted.isScheduled
  );
}

/**
 * Warns now, since a mistyped function would show only at the next rotation, weeks ahead. Only a warning: you may set a schedule without
 * the right to see functions.
 */
async function warnOfUnknownFunction(context: CommandContext<unknown>, id: string): Promise<void> {
  const { runtime, out } = context;
  try {
    await createFunctionClient(runtime.transport, runtime.clock, await context.signIn()).describe(id);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== "OCI_REFUSED") throw error;
    out.warn("the function does not exist in this region, or you may not see it: check its OCID");
  }
}

export const setSchedule = defineCommand({
  name: "set",
  summary: "rotate a secret every n days",
  description: `Writes Vault's rotation configuration of a secret: the function that rotates it, the interval, and that the schedule is on.
The next rotation is one interval from now. Without --function the present function stays.

Choose an interval well below the lifetime that the issuer gives the client secret, so that a failed rotation can be retried: two thirds of
it. If the client secret is noted to end before the next rotation, the schedule is written all the same, the exit code is 4, and the command
that mends it is printed.

--spread keeps many secrets from falling due on one night, which Vault has no first date for: the secret's own interval is shorter than
--every by less than --spread, by its name. Set without --spread, the interval is --every again.

It needs "use secrets" for this secret, and Vault needs the right to call the function (see docs/deploying.md). To rotate now: oci-rotate
rotate.`,
  arguments: secretArgument,
  options: {
    every: { flags: "--every <days>", does: "interval between rotations, 1d to 360d", takes: interval },
    function: {
      flags: "--function <function-id>",
      does: "OCID of the function that rotates it (default: the present one)",
      takes: optional(functionId),
    },
    spread: {
      flags: "--spread <days>",
      does: "shorten the interval by less than this, each secret's by its name",
      takes: optional(interval),
    },
  },
  data: scheduleData,
  examples: [
    {
      does: "every 30 days, by this function",
      line: "schedule set ocid1.vaultsecret.oc1.iad.example --every 30d --function ocid1.fnfunc.oc1.iad.example",
    },
    { does: "from now on every 60 days", line: "schedule set ocid1.vaultsecret.oc1.iad.example --every 60d" },
    {
      does: "an interval of its own between 51 and 60 days",
      line: "schedule set ocid1.vaultsecret.oc1.iad.example --every 60d --spread 10d",
    },
  ],
  async run(context, values) {
    const { runtime } = context;
    requireSpreadable(values);
    const secret = openSecret(runtime, await context.signIn(), values.secretId);
    const before = await secret.rotation.read();
    const target = values.function ?? before.rotation.functionId;
    if (target === null) {
      throw new CliError("USAGE", {
        what: "the secret's rotation targets no function, and --function is absent",
        next: "add --function <function-id>",
      });
    }
    await context.announce();
    const wanted: Schedule = { functionId: target, intervalDays: intervalFor(before.name, values), isScheduled: true };
    const isNew = !isAsWanted(before, wanted);
    if (target !== before.rotation.functionId) await warnOfUnknownFunction(context, target);
    const after = await changeSecret(secret, runtime, {
      what: "schedule",
      isDone: (state) => isAsWanted(state, wanted),
      write: ({ etag }) => secret.rotation.writeSchedule(wanted, etag),
    });
    if (isAbandoned(after.tags)) await takeUpAgain(secret, runtime);
    return printSchedule(context, values.secretId, after, isNew);
  },
});
