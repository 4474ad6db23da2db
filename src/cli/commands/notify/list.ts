import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import { readRecord } from "../../../notify/record.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { openSecret } from "../../secret-change.ts";
import { secretArgument } from "./send.ts";

export const listSubscribers = defineCommand({
  name: "list",
  summary: "show who is told of a secret's rotations",
  description: `Prints the endpoints that are registered for this secret, whole and in the order in which they were registered: a path may hold what lets anybody
post there. Reads the secret's metadata here, with your own credentials: it needs "read secrets" for this secret, and changes nothing.`,
  arguments: secretArgument,
  options: {},
  data: z.object({ secretId: z.string(), endpoints: z.array(z.string()) }),
  examples: [{ does: "who is told?", line: "notify list ocid1.vaultsecret.oc1.iad.example" }],
  async run({ runtime, signIn, print, out }, { secretId }) {
    // Not by the action: an answer of the function shows no paths, and whoever is to remove an endpoint needs all of it.
    const { metadata } = await openSecret(runtime, await signIn(), secretId).store.readSecret();
    const endpoints = readRecord(metadata).subscribers.map(({ endpoint }) => endpoint);
    if (endpoints.length === 0) out.note("nobody is told; oci-rotate notify add registers an endpoint");
    print({ secretId, endpoints }, endpoints.map((endpoint) => `${printable(endpoint)}\n`).join(""));
    return exitCodes.done;
  },
});
