import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import { notAcknowledged, readRecord } from "../../../clients/vault/notify-record.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { secretArgument } from "../../secret-argument.ts";
import { openSecret } from "../../secret-change.ts";
import { howToAdd, NOBODY } from "./send.ts";

export const listSubscribers = defineCommand({
  name: "list",
  summary: "show who is notified of a secret's rotations",
  description: `Prints the endpoints that are registered for this secret, in full and in the order of registration. Keep them private:
anyone who knows a path may be able to post there. It reads the secret's metadata here, with your own credentials. With --json, "waiting" has those
that have not acknowledged CURRENT. It needs "read secrets" for this secret, and changes nothing.`,
  arguments: secretArgument,
  options: {},
  data: z.object({
    secretId: z.string(),
    endpoints: z.array(z.string()),
    /** Those that have not acknowledged CURRENT. */
    waiting: z.array(z.string()),
  }),
  examples: [{ does: "who is notified?", line: "notify list ocid1.vaultsecret.oc1.iad.example" }],
  async run({ runtime, options, signIn, print, out }, { secretId }) {
    // Read directly, not by an action: the function's answer shows no paths, and removing an endpoint takes its full address.
    const { metadata, currentVersionNo } = await openSecret(runtime, await signIn(), secretId).store.readSecret();
    const record = readRecord(metadata);
    const endpoints = record.subscribers.map(({ endpoint }) => endpoint);
    const waiting = notAcknowledged(record, currentVersionNo ?? 0).map(({ endpoint }) => endpoint);
    if (endpoints.length === 0) out.note(howToAdd(options, secretId));
    const lines = endpoints.length === 0 ? [NOBODY] : endpoints.map(printable);
    print({ secretId, endpoints, waiting }, lines.join("\n"));
    return exitCodes.done;
  },
});
