import { DAY_MS } from "../../base/durations.ts";
import { asRotationError } from "../../base/errors.ts";
import { isRotating } from "../../clients/vault/schedule.ts";
import { notifyDue } from "../../notify/notify-due.ts";
import { createAttempt } from "../attempt/attempt.ts";
import type { Context } from "../context.ts";
import { readKnown } from "../observe/contents.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import { type Observed, observe } from "../observe/observe.ts";
import { comingDate, datesOf } from "./due-dates.ts";
import type { DueWish } from "./due-wish.ts";
import { agesOf } from "./why-not-now.ts";

/** What a heal takes for due: no date ahead. */
export function wishOfHeal({ settings: { maxAgeDays } }: Pick<Context, "settings">): DueWish {
  return { withinMs: 0, maxAgeMs: maxAgeDays === null ? null : maxAgeDays * DAY_MS };
}

const widened = (wish: DueWish, ms: number): DueWish => ({ ...wish, withinMs: wish.withinMs + ms });

/**
 * What a list is searched for, so that its subscribers hear beforehand; null: nothing. A list does not show that a
 * subscriber has a time of its own.
 */
export function listedNotice({ settings }: Pick<Context, "settings">, wish: DueWish): DueWish | null {
  return settings.noticeBeforeMs === null ? null : widened(wish, settings.noticeBeforeMs);
}

/** When CURRENT's value is due; null: not within that time, or a rotation is under way and will tell of itself. */
async function dueIn(rotation: Observed, wish: DueWish): Promise<ReturnType<typeof comingDate>> {
  const { attempt, snapshot } = rotation;
  const { schedule, tags } = attempt.read;
  const { current, list } = snapshot;
  if (schedule === null || isRotating(schedule.rotation) || isAnotherAtWork(rotation)) return null;
  // A claim in CURRENT goes again, and the version that it was made from comes back with the same value.
  if ((await readKnown(rotation, current)).kind !== "credential") return null;
  const listed = comingDate(datesOf({ ...schedule, tags }, list.asOf), current, list.asOf, wish.withinMs);
  return listed ?? comingDate(await agesOf(rotation, wish), current, list.asOf, wish.withinMs);
}

/**
 * Notifies the subscribers, each once and in its own time, that CURRENT's value is due. Never throws; best effort.
 * @param wish what the run itself takes for due: it may replace the value so much earlier
 */
export async function giveNotice(rotation: Observed, wish: DueWish): Promise<void> {
  const { context, attempt, snapshot } = rotation;
  const seen = { metadata: attempt.read.metadata, highestNo: snapshot.list.versions[0]?.versionNo ?? null };
  try {
    await notifyDue(context, seen, snapshot.current.versionNo, async (beforeMs) => {
      const due = await dueIn(rotation, widened(wish, beforeMs));
      return due && { ...due, aheadMs: due.at - snapshot.list.asOf - wish.withinMs };
    });
  } catch (thrown) {
    context.log.warn("not-told", { what: "due", outcome: asRotationError(thrown).code });
  }
}

/** The same for a secret that no run has looked at. */
export async function lookAndGiveNotice(context: Context, wish: DueWish): Promise<void> {
  const rotation = { context, attempt: createAttempt(null) };
  try {
    const snapshot = await observe(rotation, true, null);
    if (snapshot !== null) await giveNotice({ ...rotation, snapshot }, wish);
  } catch (thrown) {
    context.log.warn("not-told", { what: "due", outcome: asRotationError(thrown).code });
  }
}
