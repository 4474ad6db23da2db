import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { secretArgument } from "../../secret-argument.ts";
import { changeSecret, openSecret } from "../../secret-change.ts";
import { printSchedule, restoreLine, scheduleData } from "./shown.ts";

export const removeSchedule = defineCommand({
  name: "remove",
  summary: "switch off a secret's rotation schedule in Vault",
  description: `Switches the schedule off: Vault no longer rotates the secret by itself. Interval and function are kept, so that schedule
set can switch it on again, and rotate and heal still find their function. A rotation in progress continues; to stop it use schedule
cancel-rotation.

Asks first, since a client secret that is not rotated may expire. It needs "use secrets" for this secret. Vault requires that the schedule
is off before a secret can be deleted.`,
  arguments: secretArgument,
  options: {},
  data: scheduleData,
  examples: [
    { does: "before the secret is deleted", line: "schedule remove ocid1.vaultsecret.oc1.iad.example" },
    { does: "in a script", line: "schedule remove ocid1.vaultsecret.oc1.iad.example --yes" },
  ],
  async run(context, values) {
    const { runtime, options, out } = context;
    const secret = openSecret(runtime, await context.signIn(), values.secretId);
    const before = await secret.rotation.read();
    const { isScheduled, functionId, intervalDays } = before.rotation;
    if (!isScheduled) {
      out.note("there is no schedule to switch off");
      printSchedule(context, values.secretId, before, false);
      return exitCodes.done;
    }
    if (functionId === null) {
      throw new CliError("OCI_REFUSED", {
        what: "the schedule's target is not a function",
        means: "this command cannot write such a configuration",
        next: "switch it off in the console",
      });
    }
    if (!(await context.confirm("Switch the rotation schedule of this secret off?"))) {
      throw new CliError("NOT_CONFIRMED", { what: "the schedule was not changed", next: "nothing" });
    }
    const after = await changeSecret(secret, runtime, {
      what: "end of the schedule",
      isDone: (state) => !state.rotation.isScheduled,
      write: ({ etag }) => secret.rotation.writeSchedule({ functionId, intervalDays, isScheduled: false }, etag),
    });
    const restore = restoreLine(options, values.secretId, before);
    if (restore !== null) out.note(`to switch it on again: ${restore}`);
    printSchedule(context, values.secretId, after, true);
    return exitCodes.done;
  },
});
