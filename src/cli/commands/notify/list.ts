import * as z from "zod/mini";
import { durationText } from "../../../base/durations.ts";
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
that have not acknowledged CURRENT. An endpoint with a notice time of its own shows it. It needs "read secrets" for this secret, and changes nothing.`,
  arguments: secretArgument,
  options: {},
  data: z.object({
    secretId: z.string(),
    endpoints: z.array(z.string()),
    /** Those that have not acknowledged CURRENT. */
    waiting: z.array(z.string()),
    /** How long before the client secret is due those are notified that have a time of their own. */
    noticeBefore: z.array(z.object({ endpoint: z.string(), before: z.string() })),
  }),
  examples: [{ does: "who is notified?", line: "notify list ocid1.vaultsecret.oc1.iad.example" }],
  async run({ runtime, options, signIn, print, out }, { secretId }) {
    // Read directly, not by an action: the function's answer shows no paths, and removing an endpoint takes its full address.
    const { metadata, currentVersionNo } = await openSecret(runtime, await signIn(), secretId).store.readSecret();
    const record = readRecord(metadata);
    const endpoints = record.subscribers.map(({ endpoint }) => endpoint);
    const waiting = notAcknowledged(record, currentVersionNo ?? 0).map(({ endpoint }) => endpoint);
    if (endpoints.length === 0) out.note(howToAdd(options, secretId));
    const times = new Map(
      record.subscribers.flatMap(({ endpoint, noticeBeforeMs: ms }) =>
        ms === undefined ? [] : [[endpoint, durationText(ms)] as const],
      ),
    );
    const noticeBefore = [...times].map(([endpoint, before]) => ({ endpoint, before }));
    const lineOf = (endpoint: string) => {
      const before = times.get(endpoint);
      return `${printable(endpoint)}${before === undefined ? "" : `  notice ${before} before`}`;
    };
    const lines = endpoints.length === 0 ? [NOBODY] : endpoints.map(lineOf);
    print({ secretId, endpoints, waiting, noticeBefore }, lines.join("\n"));
    return exitCodes.done;
  },
});
