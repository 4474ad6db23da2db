import { type NotifyRecord, readRecord, type Subscriber } from "../clients/vault/notify-record.ts";
import type { NotifyContext } from "./context.ts";
import { countOf, hasTried, inside, limitsOf, lookWhenActive, note, type Seen, sendTo } from "./deliver.ts";
import { type DueReason, dueMessage } from "./message.ts";
import { withDueTold } from "./results.ts";

export interface Due {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The time until then, in which a notice is due to whoever hears so long before; negative: it is past. */
  readonly aheadMs: number;
  readonly reason: DueReason;
}

/** Who is to hear, and how long before; endpoint null: the topic. */
interface Owed {
  readonly endpoint: string | null;
  readonly beforeMs: number;
}

/**
 * Notifies all receivers that were not yet notified that this version's value is due, each so long before as itself or
 * the settings say. Nobody hears twice of one version, unless a result could not be noted. An endpoint that fails is
 * tried again by the next heal, up to the limit of the settings.
 * @param seen if its metadata names nobody who is to hear, `dueOf` is not asked
 * @param dueOf when the value is due; null: not within that time
 * @throws RotationError as `dueOf` does
 */
export async function notifyDue(
  context: NotifyContext,
  seen: Seen,
  versionNo: number,
  dueOf: (beforeMs: number) => Promise<Due | null>,
): Promise<void> {
  const { settings, secretId, clock, log } = context;
  const hasNotHeard = ({ due }: Subscriber) =>
    due?.version !== versionNo || (due.failures > 0 && due.failures < settings.notifyMaxFailures);
  const owed = ({ subscribers, topicDue }: NotifyRecord): Owed[] => {
    const common = settings.noticeBeforeMs;
    const hasTopic = settings.notifyTopicId !== null && topicDue !== versionNo;
    const told = subscribers.filter(hasNotHeard).map(({ endpoint, noticeBeforeMs }) => ({ endpoint, noticeBeforeMs }));
    return [...told, ...(hasTopic ? [{ endpoint: null, noticeBeforeMs: undefined }] : [])].flatMap(
      ({ endpoint, noticeBeforeMs: beforeMs = common }) => (beforeMs === null ? [] : [{ endpoint, beforeMs }]),
    );
  };
  const times = owed(readRecord(seen.metadata, limitsOf(context, seen, versionNo))).map(({ beforeMs }) => beforeMs);
  const due = times.length === 0 ? null : await dueOf(Math.max(...times));
  if (due === null || Math.max(...times) < due.aheadMs) return;
  await inside(context, "due", async (bounded) => {
    const state = await lookWhenActive(bounded);
    if (state === null || state.currentVersionNo !== versionNo) return;
    const record = readRecord(state.metadata, limitsOf(context, seen, versionNo));
    const now = owed(record).filter(({ beforeMs }) => beforeMs >= due.aheadMs);
    if (now.length === 0) return;
    const message = dueMessage({ secretId, versionNo, at: clock.now(), dueAt: due.at, reason: due.reason });
    const endpoints = now.flatMap(({ endpoint }) => endpoint ?? []);
    const results = await sendTo(bounded, message, endpoints, endpoints.length < now.length);
    log.info("due-told", { versionNo, reason: due.reason, ...countOf(results) });
    if (hasTried(results)) await note(bounded, seen, (latest) => withDueTold(latest, { versionNo, results }));
  });
}
