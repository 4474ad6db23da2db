import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { defineCommand } from "../command.ts";
import { duration, flag, oneOf, optional } from "../fields.ts";
import { asMissingRight, createSecretReader } from "../one-secret/reader.ts";
import { secretArgument } from "../secret-argument.ts";
import { type StatusReport, statusOf, statusReport } from "../status/report.ts";
import { statusText } from "../status/text.ts";
import { exitCodeOf, watch } from "../status/watch.ts";

/** Each look logs in once or twice. The issuer must not take it for an attack, or use up its limits. */
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
  summary: "everything about one secret: versions, claim, overlap, and the next step",
  description: `Shows one secret: its versions with version stages, names, ages and content; who holds the claim on it, since when and until
when; whether the client secret before CURRENT still works, and how long; Vault's rotation and its last work request; and the note of the
last heal. It also names the state, and the next step and why, in the words of the decide table (docs/decide.md).

Changes nothing: it sends only reads to Vault and token requests to the issuer, with your own credentials, and shows no value. It needs "use
secrets", "read secret-versions" and "read secret-bundles" for this secret, and network access to the issuer from this machine. Second
authorities come from OROT_AUTHORITY_SECRET_IDS as for the function: without them a secret that the function can heal may look locked out
here.

The states: healthy; busy (another run is in progress); updating (Vault is between two states); interrupted (a rotation ended early, CURRENT
works); poisoned (the issuer refuses a PENDING version; CURRENT works, the next rotation replaces it); overlap-due (the older client secret
should have ended); down (CURRENT is refused, ways back are left); locked-out (CURRENT is refused, no way back is left); unusable (the
content of CURRENT is not a client's credential); unknown (it could not be found out).

For monitoring: exit code 4 means anything but healthy, or busy with a CURRENT that works; or that the client secret ends before Vault's next
rotation. --watch repeats until Ctrl-C: at a terminal it
redraws, otherwise it prints a line for each change, and with --json a document for each.`,
  arguments: secretArgument,
  options: {
    watch: { flags: "--watch", does: "repeat until Ctrl-C", takes: flag },
    until: {
      flags: "--until <state>",
      does: "with --watch: end when it is healthy",
      takes: optional(oneOf("healthy")),
    },
    every: {
      flags: "--every <duration>",
      does: "with --watch: interval, at least 2s",
      takes: duration,
      default: "10s",
    },
    for: {
      flags: "--for <duration>",
      does: "with --watch: stop after this time",
      takes: optional(duration),
    },
  },
  data: statusReport,
  examples: [
    { does: "what state is this secret in?", line: "status ocid1.vaultsecret.oc1.iad.example" },
    { does: "follow a rotation", line: "status ocid1.vaultsecret.oc1.iad.example --watch" },
    {
      does: "in a script: wait at most ten minutes until it is healthy",
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
      print(report, statusText(out.style, context.options, report));
      return exitCodeOf(report);
    }
    if (values.every < LEAST_EVERY_MS) {
      throw new CliError("USAGE", { what: "--every takes 2s or more", next: "correct --every" });
    }
    const forMs = values.for ?? null;
    return watch(context, { everyMs: values.every, untilHealthy: values.until !== undefined, forMs }, look);
  },
});
