import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { renderTable } from "../../output/table.ts";
import { secretArgument } from "../../secret-argument.ts";
import { howToAdd, NOBODY, notifyOptions, send } from "./send.ts";

const delivery = z.object({ endpoint: z.string(), outcome: z.enum(["delivered", "failed", "not-sent"]) });

export const testSubscribers = defineCommand({
  name: "test",
  summary: "send a test message to everyone who is notified of a secret's rotations",
  description: `Sends a test message to each registered endpoint and to the topic of the settings. Its usecase is credentialRotationTest,
and it is signed like any other. The command shows which endpoints took it, without their paths, in the order of notify list. Nothing is
rotated or recorded. The function that the secret's rotation targets does it, with its settings and from its network. If there is none, it
is done here.

Exit code 4: at least one endpoint was not reached. "failed": the endpoint did not take it; "not-sent": a setting is missing or cannot be
used, see the log.`,
  arguments: secretArgument,
  options: notifyOptions,
  data: z.object({ secretId: z.string(), deliveries: z.array(delivery) }),
  examples: [{ does: "does everybody hear?", line: "notify test ocid1.vaultsecret.oc1.iad.example" }],
  async run(context, values) {
    const { answer } = await send(context, values, { action: "test-notification" });
    const { deliveries = [] } = answer;
    if (deliveries.length === 0) context.out.note(howToAdd(context.options, values.secretId));
    const rows = deliveries.map(({ endpoint, outcome }) => [printable(endpoint), outcome]);
    context.print(
      { secretId: values.secretId, deliveries },
      rows.length === 0 ? NOBODY : renderTable(["ENDPOINT", "OUTCOME"], rows),
    );
    return deliveries.every(({ outcome }) => outcome === "delivered") ? exitCodes.done : exitCodes.attention;
  },
});
