import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import type { RotationState } from "../../../clients/vault/rotation-responses.ts";
import type { CommandContext } from "../../command.ts";
import { commandLine } from "../../command-line.ts";
import { renderPairs } from "../../output/table.ts";
import { readOwnership } from "../../owner-tags.ts";

/** What every schedule command prints. Times are RFC 3339 in UTC. */
export const scheduleData = z.object({
  secretId: z.string(),
  name: z.string(),
  changed: z.boolean(),
  scheduled: z.boolean(),
  everyDays: z.nullable(z.int()),
  targetType: z.nullable(z.string()),
  functionId: z.nullable(z.string()),
  status: z.nullable(z.string()),
  lastRotation: z.nullable(z.iso.datetime()),
  nextRotation: z.nullable(z.iso.datetime()),
  owner: z.nullable(z.string()),
  contact: z.nullable(z.string()),
});
export type ScheduleData = z.output<typeof scheduleData>;

const instantText = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const days = (count: number) => `${count} day${count === 1 ? "" : "s"}`;

/** The command that restores the schedule as it is in `state`; null if no command can, for want of a function or an interval. */
export function restoreLine(
  options: CommandContext<unknown>["options"],
  id: string,
  { rotation: { functionId, intervalDays } }: RotationState,
): string | null {
  if (functionId === null || intervalDays === null) return null;
  return commandLine(options, ["schedule", "set", id, "--every", `${intervalDays}d`, "--function", functionId]);
}

function scheduleText({ rotation }: RotationState): string {
  const { isScheduled, intervalDays, targetType } = rotation;
  if (targetType === null) return "none";
  if (!isScheduled) return intervalDays === null ? "off" : `off (would be every ${days(intervalDays)})`;
  return intervalDays === null ? "on" : `every ${days(intervalDays)}`;
}

export function printSchedule(
  { print, options }: Pick<CommandContext<ScheduleData>, "print" | "options">,
  id: string,
  state: RotationState,
  changed: boolean,
): void {
  const { rotation, name, tags } = state;
  const { owner, contact } = readOwnership(tags ?? {});
  const { functionId, targetType, status, intervalDays, isScheduled } = rotation;
  const nextRotation = instantText(rotation.nextAt);
  const lastRotation = instantText(rotation.lastAt);
  const restore = isScheduled ? null : restoreLine(options, id, state);
  print(
    {
      secretId: id,
      name,
      changed,
      scheduled: isScheduled,
      everyDays: intervalDays,
      targetType,
      functionId,
      status,
      lastRotation,
      nextRotation,
      owner,
      contact,
    },
    renderPairs([
      ["secret", printable(name)],
      ["schedule", scheduleText(state)],
      ["rotated by", printable(functionId ?? (targetType === null ? "nothing" : `a target of type ${targetType}`))],
      ["status", printable(status ?? "not told")],
      ["last rotation", lastRotation ?? "never, as far as Vault knows"],
      ["next rotation", nextRotation ?? "not planned"],
      ["owner", printable(owner ?? "not noted")],
      ["contact", printable(contact ?? "not noted")],
      ...(restore === null ? [] : ([["switch on", restore]] as const)),
    ]),
  );
}
