import type { RotationState } from "../../../clients/vault/rotation-answers.ts";
import type { Schedule } from "../../../clients/vault/rotation-client.ts";
import { CliError } from "../../cli-error.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { commandLine } from "../../command-line.ts";
import { exitCodes } from "../../exit-codes.ts";
import { changeSecret, type OpenSecret, openSecret } from "../../secret-change.ts";
import { isAsWanted } from "./set.ts";
import { printSchedule, restoreLine, scheduleData, secretArgument } from "./shown.ts";

const POLL_MS = 2_000;
/** Vault stops between two steps, and a step may take the function's 300 seconds. */
const STOP_LIMIT_MS = 420_000;

const isUnderWay = ({ rotation: { status }, lifecycle }: RotationState) =>
  status === "IN_PROGRESS" || status === "CANCELLING" || lifecycle === "UPDATING";

/** What is written back. Throws before anything is cancelled where it could not be. */
function scheduleToRestore({ rotation }: RotationState): Schedule | null {
  const { functionId, intervalDays, isScheduled } = rotation;
  if (!isScheduled) return null;
  if (functionId !== null && intervalDays !== null) return { functionId, intervalDays, isScheduled };
  throw new CliError("OCI_REFUSED", {
    what: "the schedule has another target than a function, or an interval in other units than days",
    means: "cancelling would switch it off, and this command could not put it back; nothing was done",
    next: "cancel the rotation in the console, and set the schedule anew there",
  });
}

/** Waits until nothing is under way any more. @param stillOff what to say where that takes too long */
async function waitForStop(
  { rotation }: OpenSecret,
  { clock }: CommandContext<unknown>["runtime"],
  stillOff: string,
): Promise<void> {
  const end = clock.monotonic() + STOP_LIMIT_MS;
  while (isUnderWay(await rotation.read())) {
    if (clock.monotonic() >= end) {
      throw new CliError("OCI_UNAVAILABLE", {
        what: `the rotation has not stopped after ${STOP_LIMIT_MS / 60_000} minutes`,
        means: "the schedule is off, or will be",
        next: `wait until schedule show no longer says CANCELLING, then run ${stillOff}`,
      });
    }
    await clock.sleep(POLL_MS);
  }
}

/** Sends the cancellation once; an answer that was lost may have taken effect, which the waiting then shows. */
async function cancel(secret: OpenSecret, { etag }: RotationState): Promise<"answered" | "answer-lost"> {
  const written = await secret.rotation.cancel(etag);
  if (written.outcome === "done") return "answered";
  if (written.outcome !== "unknown") throw written.error;
  const seen = await secret.rotation.read();
  if (seen.rotation.status === "IN_PROGRESS" && seen.rotation.isScheduled) throw written.error;
  return "answer-lost";
}

export const cancelRotation = defineCommand({
  name: "cancel-rotation",
  summary: "stop a rotation under way, and put the schedule back that this switches off",
  description: `Cancels the rotation that Vault is carrying out. Vault stops before the next step, and at the same time switches the schedule off for good. This
command notes the schedule first, waits until the rotation has stopped, and writes the schedule back; the next rotation is then one interval from now.

Before anything is cancelled it prints the command that puts the schedule back. Should this command be killed or lose its connection in between, run that one.
A first Ctrl-C does not stop it halfway.

A rotation that was stopped may leave a PENDING version: oci-rotate heal finishes or clears it. Asks first. It needs the right to cancel rotations, for which
OCI's policy reference names no verb, and "use secrets" for this secret.`,
  arguments: secretArgument,
  options: {},
  data: scheduleData,
  examples: [
    { does: "stop it, keep the schedule", line: "schedule cancel-rotation ocid1.vaultsecret.oc1.iad.example" },
  ],
  async run(context, values) {
    const { runtime, options, out } = context;
    const secret = openSecret(runtime, await context.signIn(), values.secretId);
    const before = await secret.rotation.read();
    const { status } = before.rotation;
    if (status !== "IN_PROGRESS") {
      const words = status === "CANCELLING" ? "the rotation is being cancelled already" : "no rotation is under way";
      out.warn(`${words}; nothing was sent`);
      printSchedule(context, values.secretId, before, false);
      return status === "CANCELLING" ? exitCodes.attention : exitCodes.done;
    }
    const wanted = scheduleToRestore(before);
    const restore = wanted === null ? null : restoreLine(options, values.secretId, before);
    if (restore !== null) {
      out.warn(`cancelling a rotation also switches its schedule off; this command puts it back. If it is interrupted, run:
  ${restore}`);
    }
    if (!(await context.confirm("Cancel the rotation that is under way?"))) {
      throw new CliError("NOT_CONFIRMED", { what: "the rotation goes on", next: "nothing" });
    }
    const answer = await cancel(secret, before);
    await waitForStop(secret, runtime, restore ?? commandLine(options, ["schedule", "show", values.secretId]));
    const after =
      wanted === null
        ? await secret.rotation.read()
        : await changeSecret(secret, runtime, {
            what: "schedule",
            isDone: (state) => isAsWanted(state, wanted),
            write: ({ etag }) => secret.rotation.writeSchedule(wanted, etag),
          });
    if (answer === "answer-lost") {
      out.warn(
        "the answer to the cancellation was lost; look once more in some minutes: the schedule must still be on",
      );
    }
    out.note(`what the rotation left: ${commandLine(options, ["heal", values.secretId])}`);
    printSchedule(context, values.secretId, after, true);
    return exitCodes.done;
  },
});
