import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { openSecret } from "../../secret-change.ts";
import { printSchedule, scheduleData, secretArgument } from "./shown.ts";

export const showSchedule = defineCommand({
  name: "show",
  summary: "show when and by what a secret is rotated, and who answers for it",
  description: `Shows Vault's rotation schedule of a secret: how often, by which function, when it was last rotated and when it will be next, and whether a
rotation is under way; and the owner and contact that were noted.

One read of Vault, nothing is changed. It needs "use secrets" for this secret.`,
  arguments: secretArgument,
  options: {},
  data: scheduleData,
  examples: [{ does: "when is it rotated next?", line: "schedule show ocid1.vaultsecret.oc1.iad.example" }],
  async run(context, values) {
    const { rotation } = openSecret(context.runtime, await context.signIn(), values.secretId);
    printSchedule(context, values.secretId, await rotation.read(), false);
    return exitCodes.done;
  },
});
