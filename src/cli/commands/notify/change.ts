import * as z from "zod/mini";
import { NOTICE_TIME_WORDS, noticeTime } from "../../../base/settings/table-notifications.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { type ExitCode, exitCodes } from "../../exit-codes.ts";
import { optional, text } from "../../fields.ts";
import { partsOf } from "../../function.ts";
import { doerText } from "../../one-secret/via.ts";
import { renderPairs } from "../../output/table.ts";
import { secretArgument } from "../../secret-argument.ts";
import { notifyOptions, send } from "./send.ts";

const changed = z.object({ secretId: z.string(), endpoint: z.string(), changed: z.boolean(), code: z.string() });
const endpointArgument = { flags: "<endpoint>", does: "https://..., http://... or mailto:...", takes: text } as const;

const noticeBefore = z.string().check(z.refine((given) => noticeTime(given) !== null, NOTICE_TIME_WORDS));

type Values = Parameters<typeof send>[1] & { readonly endpoint: string };

async function change(
  context: CommandContext<z.output<typeof changed>>,
  values: Values,
  event: { readonly action: "subscribe" | "unsubscribe"; readonly noticeBefore?: string | undefined },
): Promise<ExitCode> {
  const { secretId, endpoint } = values;
  await context.announce();
  const { way, answer } = await send(context, values, { ...event, endpoint });
  const { code, what } = partsOf(answer);
  context.print(
    { secretId, endpoint, changed: code === "OK", code },
    renderPairs([
      ["done", what],
      ["by", doerText(way)],
    ]),
  );
  return exitCodes.done;
}

export const addSubscriber = defineCommand({
  name: "add",
  summary: "register an endpoint for notifications of rotations",
  description: `Registers an endpoint for this secret: an http or https address that takes signed webhooks, or a mailto address. Registering
it again changes nothing but its --notice-before. The list is kept in the secret's metadata, where everyone who may see the secret can read it: never put a password
into an address.

The function's settings decide who may be notified: OROT_WEBHOOK_KEY_SECRET_ID and OROT_NOTIFY_HOSTS for webhooks, OROT_SMTP_SECRET_ID for
mail. Therefore the function that the secret's rotation targets does it. If there is none, it is done here, with the OROT_ settings of your
environment and "use secrets" for this secret.`,
  arguments: { ...secretArgument, endpoint: endpointArgument },
  options: {
    ...notifyOptions,
    noticeBefore: {
      flags: "--notice-before <duration>",
      does: "how long before the client secret is due the endpoint is notified, such as 14d (default: OROT_NOTICE_BEFORE of the function)",
      takes: optional(noticeBefore),
    },
  },
  data: changed,
  examples: [
    {
      does: "a webhook",
      line: "notify add ocid1.vaultsecret.oc1.iad.example https://hooks.example.org/rotated",
    },
    { does: "a mail address", line: "notify add ocid1.vaultsecret.oc1.iad.example mailto:ops@example.org" },
    {
      does: "one that needs two weeks to prepare",
      line: "notify add ocid1.vaultsecret.oc1.iad.example mailto:vendor@example.org --notice-before 14d",
    },
  ],
  run: (context, { noticeBefore, ...values }) => change(context, values, { action: "subscribe", noticeBefore }),
});

export const removeSubscriber = defineCommand({
  name: "remove",
  summary: "stop notifying an endpoint",
  description: `Removes an endpoint from those that are notified of this secret's rotations. Removing an unregistered one is not an error.
The function that the secret's rotation targets does it. If there is none, it is done here, with "use secrets" for this secret.`,
  arguments: { ...secretArgument, endpoint: endpointArgument },
  options: notifyOptions,
  data: changed,
  examples: [
    {
      does: "a webhook that is gone",
      line: "notify remove ocid1.vaultsecret.oc1.iad.example https://hooks.example.org/rotated",
    },
  ],
  run: (context, values) => change(context, values, { action: "unsubscribe" }),
});
