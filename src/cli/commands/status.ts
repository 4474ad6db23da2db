import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { defineCommand } from "../command.ts";
import { duration, flag, oneOf, optional, secretId } from "../fields.ts";
import { asMissingRight, createSecretReader } from "../one-secret/reader.ts";
import { type StatusReport, statusOf, statusReport } from "../status/report.ts";
import { statusText } from "../status/text.ts";
import { exitCodeOf, watch } from "../status/watch.ts";

/** Each look logs in once or twice; an issuer must not take it for an attack, nor count its users out. */
const LEAST_EVERY_MS = 2_000;

async function lookAt(context: CommandContext<StatusReport>, id: string): Promise<StatusReport> {
  const reader = await createSecretReader(context, id);
  const secret = await reader.read();
  try {
    const planned = await context.plan(id, { name: "HEAL" });
    const workRequest = await reader.workRequest(secret.compartmentId);
    return statusOf({ secretId: id, secret, planned, workRequest, now: context.runtime.clock.now() });
  } catch (thrown) {
    throw asMissingRight(thrown, id);
  }
}

export const statusCommand = defineCommand({
  name: "status",
  summary: "everything about one secret: versions, claim, overlap, and what the next step would do",
  description: `Shows one secret: its versions with version stages, names and ages and what they hold; whose claim is on it, since when and until when;
whether the client secret before CURRENT still works, and how long; what Vault's rotation says of it and its last work request; what the last heal
noted. And it names the state, and says which step comes next and why, in the words of the decide table (docs/decide.md).

Changes nothing: it sends reads to Vault and token requests to the issuer, with your own credentials, and shows no value. It needs
"use secrets", "read secret-versions" and "read secret-bundles" for this secret, and a way to the issuer from this machine. Second authorities are
taken from OROT_AUTHORITY_SECRET_IDS as for the function: without them a secret may look locked out here that the function can heal.

The states: healthy; busy (another run is at work); updating (Vault is between two states); interrupted (a rotation ended early, CURRENT works);
poisoned (a PENDING version that the issuer refuses; CURRENT works, the next rotation replaces it); overlap-due (the older client secret should
have ended); down (CURRENT is refused, ways back are left); locked-out (and none is left); unusable (what CURRENT holds is no client's
credential); unknown (nobody could tell).

For monitoring: exit code 4 means anything but healthy, or busy with a CURRENT that works. --watch looks again and again until Ctrl-C: at a
terminal it redraws, else it prints a line for each change, and with --json a document for each.`,
  arguments: { secretId: { flags: "<secret-id>", does: "OCID of the secret in Vault", takes: secretId } },
  options: {
    watch: { flags: "--watch", does: "look again and again, until Ctrl-C", takes: flag },
    until: {
      flags: "--until <state>",
      does: "with --watch: end when it is healthy",
      takes: optional(oneOf("healthy")),
    },
    every: {
      flags: "--every <duration>",
      does: "with --watch: how often, 2s at the least",
      takes: duration,
      default: "10s",
    },
    for: {
      flags: "--for <duration>",
      does: "with --watch: end after this time at the latest",
      takes: optional(duration),
    },
  },
  data: statusReport,
  examples: [
    { does: "how is this secret?", line: "status ocid1.vaultsecret.oc1.iad.example" },
    { does: "follow a rotation", line: "status ocid1.vaultsecret.oc1.iad.example --watch" },
    {
      does: "in a script: wait for it to be healthy, ten minutes at the most",
      line: "status ocid1.vaultsecret.oc1.iad.example --watch --until healthy --for 10m --json",
    },
  ],
  async run(context, values) {
    const { print, out } = context;
    const look = () => lookAt(context, values.secretId);
    if (!values.watch) {
      if (values.until !== undefined || values.for !== undefined) {
        throw new CliError("USAGE", {
          what: "--until and --for belong to --watch",
          next: "add --watch, or leave them out",
        });
      }
      const report = await look();
      print(report, statusText(out.style, report));
      return exitCodeOf(report);
    }
    if (values.every < LEAST_EVERY_MS) {
      throw new CliError("USAGE", { what: "--every takes 2s or more", next: "correct --every" });
    }
    const forMs = values.for ?? null;
    return watch(context, { everyMs: values.every, untilHealthy: values.until !== undefined, forMs }, look);
  },
});
