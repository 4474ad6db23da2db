import * as z from "zod/mini";
import { DAY_MS } from "../../../base/durations.ts";
import { printable } from "../../../base/printable.ts";
import type { RotationState } from "../../../clients/vault/rotation-responses.ts";
import type { CommandContext } from "../../command.ts";
import { commandLine } from "../../command-line.ts";
import { type ExitCode, exitCodes } from "../../exit-codes.ts";
import { endOfCurrent, endsFirst, mendOf } from "../../inventory/ends-first.ts";
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
  /** When the client secret in CURRENT ends, as far as is noted. */
  expiresOn: z.nullable(z.iso.datetime()),
  /** It ends before the next rotation. */
  endsFirst: z.boolean(),
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

/**
 * The dates as noted, compared. The next rotation of a schedule that Vault has not planned yet is one interval from now.
 * @returns the command that mends it; null: nothing has to be mended
 */
function compared(options: CommandContext<unknown>["options"], id: string, state: RotationState, now: number) {
  const { rotation, tags, currentVersionNo, expiry } = state;
  const { isScheduled, intervalDays, lastAt } = rotation;
  const planned = isScheduled && intervalDays !== null ? now + intervalDays * DAY_MS : null;
  const expiresAt = endOfCurrent(tags, currentVersionNo, expiry?.at ?? null, now);
  const isLate = endsFirst({ nextRotationAt: rotation.nextAt ?? planned, expiresAt });
  const mend = isLate && expiresAt !== null ? commandLine(options, mendOf(id, expiresAt, lastAt, now)) : null;
  return { expiresAt, mend };
}

/** @returns `attention` if the client secret ends before the next rotation */
export function printSchedule(
  { print, options, runtime, out }: Pick<CommandContext<ScheduleData>, "print" | "options" | "runtime" | "out">,
  id: string,
  state: RotationState,
  changed: boolean,
): ExitCode {
  const { rotation, name, tags } = state;
  const { expiresAt, mend } = compared(options, id, state, runtime.clock.now());
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
      expiresOn: instantText(expiresAt),
      endsFirst: mend !== null,
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
      ...(expiresAt === null ? [] : ([["secret ends", instantText(expiresAt) ?? ""]] as const)),
      ["owner", printable(owner ?? "not noted")],
      ["contact", printable(contact ?? "not noted")],
      ...(restore === null ? [] : ([["switch on", restore]] as const)),
    ]),
  );
  if (mend === null) return exitCodes.done;
  out.warn(`the client secret ends before its next rotation; run: ${mend}`);
  return exitCodes.attention;
}
