import { DAY_MS } from "../../base/durations.ts";
import { asRotationError } from "../../base/errors.ts";
import { isRotating } from "../../clients/vault/schedule.ts";
import { type Due, notifyDue } from "../../notify/notify-due.ts";
import { createAttempt } from "../attempt/attempt.ts";
import type { Context } from "../context.ts";
import { readKnown } from "../observe/contents.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import { type Observed, observe } from "../observe/observe.ts";
import { comingDate, datesOf } from "./due-dates.ts";
import type { DueWish } from "./due-wish.ts";
import { agesOf } from "./why-not-now.ts";

/** What is told beforehand, for a run that rotates what is due by this wish; null wish: for a heal. Null: nothing is. */
export function noticeWish({ settings }: Pick<Context, "settings">, wish: DueWish | null): DueWish | null {
  const { noticeBeforeMs, maxAgeDays } = settings;
  if (noticeBeforeMs === null) return null;
  if (wish !== null) return { ...wish, withinMs: wish.withinMs + noticeBeforeMs };
  return { withinMs: noticeBeforeMs, maxAgeMs: maxAgeDays === null ? null : maxAgeDays * DAY_MS };
}

/** When CURRENT's value is due; null: not within that time, or a rotation is under way and will tell of itself. */
async function dueIn(rotation: Observed, wish: DueWish): Promise<Due | null> {
  const { attempt, snapshot } = rotation;
  const { schedule, tags } = attempt.read;
  const { current, list } = snapshot;
  if (schedule === null || isRotating(schedule.rotation) || isAnotherAtWork(rotation)) return null;
  // A claim in CURRENT goes again, and the version that it was made from comes back with the same value.
  if ((await readKnown(rotation, current)).kind !== "credential") return null;
  const listed = comingDate(datesOf({ ...schedule, tags }, list.asOf), current, list.asOf, wish.withinMs);
  return listed ?? comingDate(await agesOf(rotation, wish), current, list.asOf, wish.withinMs);
}

/** Notifies the subscribers, once, that CURRENT's value is due within that time. Never throws; best effort. */
export async function giveNotice(rotation: Observed, wish: DueWish): Promise<void> {
  const { context, attempt, snapshot } = rotation;
  const seen = { metadata: attempt.read.metadata, highestNo: snapshot.list.versions[0]?.versionNo ?? null };
  try {
    await notifyDue(context, seen, snapshot.current.versionNo, () => dueIn(rotation, wish));
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
