import { defineCommand } from "../../command.ts";
import { secretArgument } from "../../secret-argument.ts";
import { openSecret } from "../../secret-change.ts";
import { printSchedule, scheduleData } from "./shown.ts";

export const showSchedule = defineCommand({
  name: "show",
  summary: "show a secret's rotation schedule, function and owner",
  description: `Shows Vault's rotation schedule of a secret: its interval and function, the last and the next rotation, and whether one is
in progress; when the client secret ends, as far as is noted; and the noted owner and contact.

Exit code 4 means that the client secret ends before the next rotation.

It sends one read to Vault and changes nothing. It needs "use secrets" for this secret.`,
  arguments: secretArgument,
  options: {},
  data: scheduleData,
  examples: [{ does: "when is the next rotation?", line: "schedule show ocid1.vaultsecret.oc1.iad.example" }],
  async run(context, values) {
    const { rotation } = openSecret(context.runtime, await context.signIn(), values.secretId);
    return printSchedule(context, values.secretId, await rotation.read(), false);
  },
});
