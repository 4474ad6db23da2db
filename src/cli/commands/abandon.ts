import * as z from "zod/mini";
import { printable } from "../../base/printable.ts";
import type { RotationState } from "../../clients/vault/rotation-responses.ts";
import { isAbandoned, withAbandoned } from "../../rotation/housekeeping/rotation-tags.ts";
import { stateTexts } from "../../rotation/plan/plan-text.ts";
import { CliError, notConfirmed } from "../cli-error.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { commandLine } from "../command-line.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag } from "../fields.ts";
import { renderPairs } from "../output/table.ts";
import { secretArgument } from "../secret-argument.ts";
import { changeSecret, openSecret } from "../secret-change.ts";

const abandonData = z.object({
  secretId: z.string(),
  name: z.string(),
  dryRun: z.boolean(),
  /** Something was written, or with --dry-run would be. */
  changed: z.boolean(),
  /** The schedule in Vault was on. */
  wasScheduled: z.boolean(),
  /** The version that stays CURRENT, and whose client secret works. */
  versionNo: z.nullable(z.int()),
});

const isDone = ({ rotation, tags }: RotationState) => !rotation.isScheduled && isAbandoned(tags);

/** Nothing may be left to finish: what is unfinished now would stay so. @throws CliError ANSWERED */
async function requireFinished(
  { plan, options }: CommandContext<unknown>,
  secretId: string,
  { rotation }: RotationState,
): Promise<void> {
  const line = (command: string) => commandLine(options, [command, secretId]);
  const refuse = (what: string, next: string) =>
    new CliError("ANSWERED", { code: "RETIRE_NOT_SAFE", what, means: "nothing was changed", next });
  const { state } = await plan(secretId, { name: "HEAL" });
  if (state !== "healthy") {
    // A heal leaves a PENDING version alone that is refused for good.
    const mend = line(state === "poisoned" ? "rotate" : "heal");
    throw refuse(
      `something is left to finish (${state}): ${stateTexts[state]}`,
      `run ${mend} first; if the client is gone, delete the secret in Vault`,
    );
  }
  if (rotation.status === "IN_PROGRESS") {
    throw refuse("Vault is carrying out a rotation", `run it again when ${line("status")} shows the end of it`);
  }
}

export const abandonCommand = defineCommand({
  name: "abandon",
  summary: "end the rotation of a secret, and leave its value",
  description: `The way back from oci-rotate adopt. Switches the schedule in Vault off, and marks the secret (tag orot-outcome), so that heals of
many, rotate-due and rotate --all-due leave it alone, and scan no longer lists it. The secret, its versions, and the client at the issuer stay as they are:
applications go on with CURRENT.

It is refused while something is left to finish: CURRENT must log in, and no version may be pending. It sends logins, and reads.

An authority that is bound to the secret may still speak for its client. Take its entry out of mayRotate, or the tag that binds it off the secret.

oci-rotate schedule set, or adopt with the same names, takes the secret up again. So does a rotate or heal of the secret by its name.`,
  arguments: secretArgument,
  options: { dryRun: { flags: "--dry-run", does: "only say what would be done; sends reads and logins", takes: flag } },
  data: abandonData,
  examples: [
    { does: "what would be done?", line: "abandon ocid1.vaultsecret.oc1.iad.example --dry-run" },
    { does: "in a script", line: "abandon ocid1.vaultsecret.oc1.iad.example --yes --json" },
  ],
  async run(context, { secretId, dryRun }) {
    const { runtime, print, confirm } = context;
    const secret = openSecret(runtime, await context.signIn(), secretId);
    const before = await secret.rotation.read();
    const versionNo = before.currentVersionNo;
    const report = {
      ...{ secretId, name: before.name, dryRun, wasScheduled: before.rotation.isScheduled, versionNo },
      changed: !isDone(before),
    };
    const show = (end: string) =>
      print(
        report,
        renderPairs([
          ["secret", `${printable(before.name)}  ${secretId}`],
          ["schedule", `was ${report.wasScheduled ? "on" : "off"}`],
          ["done", end],
        ]),
      );
    if (!report.changed) {
      show("nothing, since its rotation has ended already");
      return exitCodes.done;
    }
    if (before.tags === null) {
      throw new CliError("OCI_REFUSED", {
        what: "the secret's tags cannot be read, and writing them would lose the existing ones",
        next: "switch the schedule off with oci-rotate schedule remove",
      });
    }
    await requireFinished(context, secretId, before);
    if (dryRun) {
      show("nothing; the schedule would be switched off, and the secret marked");
      return exitCodes.attention;
    }
    if (!(await confirm(`End the rotation of ${printable(before.name)}? Its client secret may then expire.`))) {
      throw notConfirmed();
    }
    const { functionId, intervalDays } = before.rotation;
    await changeSecret(secret, runtime, {
      what: "mark of a secret whose rotation has ended",
      isDone,
      write: (state) => {
        if (state.rotation.isScheduled && functionId !== null) {
          return secret.rotation.writeSchedule({ functionId, intervalDays, isScheduled: false }, state.etag);
        }
        const tags = withAbandoned(state.tags ?? {}, runtime.clock.now(), state.currentVersionNo ?? 1);
        return secret.store.writeAnnotations({ tags }, state.etag);
      },
    });
    show("its rotation has ended; CURRENT stays as it is");
    return exitCodes.done;
  },
});
