import type { Schedule } from "../../../clients/vault/rotation-client.ts";
import type { RotationState } from "../../../clients/vault/rotation-responses.ts";
import { CliError } from "../../cli-error.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { commandLine } from "../../command-line.ts";
import { exitCodes } from "../../exit-codes.ts";
import { secretArgument } from "../../secret-argument.ts";
import { changeSecret, type OpenSecret, openSecret } from "../../secret-change.ts";
import { isAsWanted } from "./set.ts";
import { printSchedule, restoreLine, scheduleData } from "./shown.ts";

const POLL_MS = 2_000;
/** Vault stops between two steps, and one step may take the function's full 300 seconds. */
const STOP_LIMIT_MS = 420_000;

const isUnderWay = ({ rotation: { status }, lifecycle }: RotationState) =>
  status === "IN_PROGRESS" || status === "CANCELLING" || lifecycle === "UPDATING";

/** The schedule to write back. Throws before anything is cancelled if it could not be written back. */
function scheduleToRestore({ rotation }: RotationState): Schedule | null {
  const { functionId, intervalDays, isScheduled } = rotation;
  if (!isScheduled) return null;
  if (functionId !== null && intervalDays !== null) return { functionId, intervalDays, isScheduled };
  throw new CliError("OCI_REFUSED", {
    what: "the schedule's target is not a function, or its interval is not in days",
    means: "cancelling would switch it off, and this command could not restore it; nothing was done",
    next: "cancel the rotation in the console, and set the schedule again there",
  });
}

/** Waits until no rotation is in progress. @param stillOff the command to name if that takes too long */
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

/** Sends the cancellation once. It may have taken effect even if its answer was lost; the wait afterwards shows that. */
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
  summary: "stop a rotation in progress, and keep the schedule",
  description: `Cancels the rotation that Vault is carrying out. Vault stops before the next step, and also switches the schedule off for
good. This command notes the schedule first, waits until the rotation has stopped, and writes the schedule back. The next rotation is then
one interval from now.

Before it cancels anything, it prints the command that restores the schedule. If this command is killed or loses its connection in between,
run that one. A first Ctrl-C does not stop it halfway.

A stopped rotation may leave a PENDING version: oci-rotate heal finishes or clears it. Asks first. It needs the right to cancel rotations,
for which OCI's policy reference names no verb, and "use secrets" for this secret.`,
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
      const words = status === "CANCELLING" ? "the rotation is being cancelled already" : "no rotation is in progress";
      out.warn(`${words}; nothing was sent`);
      printSchedule(context, values.secretId, before, false);
      return status === "CANCELLING" ? exitCodes.attention : exitCodes.done;
    }
    const wanted = scheduleToRestore(before);
    const restore = wanted === null ? null : restoreLine(options, values.secretId, before);
    if (restore !== null) {
      out.warn(`cancelling a rotation also switches its schedule off; this command restores it. If it is interrupted, run:
  ${restore}`);
    }
    if (!(await context.confirm("Cancel the rotation in progress?"))) {
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
      out.warn("the answer to the cancellation was lost; check again in some minutes that the schedule is still on");
    }
    out.note(`to finish or clear what the rotation left: ${commandLine(options, ["heal", values.secretId])}`);
    printSchedule(context, values.secretId, after, true);
    return exitCodes.done;
  },
});
