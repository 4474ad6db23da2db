import * as z from "zod/mini";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { text, wholeNumber } from "../../fields.ts";
import { partsOf } from "../../function.ts";
import { doerText } from "../../one-secret/via.ts";
import { renderPairs } from "../../output/table.ts";
import { secretArgument } from "../../secret-argument.ts";
import { notifyOptions, send } from "./send.ts";

const HIGHEST = 999_999_999;

export const acknowledgeVersion = defineCommand({
  name: "acknowledge",
  summary: "say that an endpoint's application has a version of the client secret",
  description: `Notes that the application behind a registered endpoint reads this version. An application can say so itself, by the event
{"secretId", "action": "acknowledge", "endpoint", "versionNo"}; for a mail address, a person says it here. Saying it again changes nothing.

It matters where the issuer keeps two client secrets, and OROT_RETIRE_AFTER is acknowledged. Then the older one ends as soon as every
registered endpoint has acknowledged CURRENT and the grace (OROT_GRACE_HOURS) is over, at the latest after OROT_LONGEST_GRACE_HOURS. The next
heal ends it. It is a hint: anyone who may invoke the function can say it for any endpoint.

The function that the secret's rotation targets does it. If there is none, it is done here, with "use secrets" for this secret.`,
  arguments: {
    ...secretArgument,
    endpoint: { flags: "<endpoint>", does: "as it is registered: https://..., http://... or mailto:...", takes: text },
    version: { flags: "<version>", does: "the number of the version", takes: wholeNumber(1, HIGHEST) },
  },
  options: notifyOptions,
  data: z.object({
    secretId: z.string(),
    endpoint: z.string(),
    versionNo: z.int(),
    changed: z.boolean(),
    code: z.string(),
  }),
  examples: [
    {
      does: "after a team has answered a mail",
      line: "notify acknowledge ocid1.vaultsecret.oc1.iad.example mailto:ops@example.org 7",
    },
  ],
  async run(context, values) {
    const { secretId, endpoint, version } = values;
    await context.announce();
    const event = { action: "acknowledge", endpoint, versionNo: version };
    const { way, answer } = await send(context, values, event);
    const { code, what } = partsOf(answer);
    context.print(
      { secretId, endpoint, versionNo: version, changed: code === "OK", code },
      renderPairs([
        ["done", what],
        ["by", doerText(way)],
      ]),
    );
    return exitCodes.done;
  },
});
