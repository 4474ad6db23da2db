import { type NotifyRecord, readRecord, type Subscriber } from "../clients/vault/notify-record.ts";
import type { NotifyContext } from "./context.ts";
import { countOf, hasTried, inside, limitsOf, lookWhenActive, note, type Seen, sendTo } from "./deliver.ts";
import { type DueReason, dueMessage } from "./message.ts";
import { withDueTold } from "./results.ts";

export interface Due {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reason: DueReason;
}

/**
 * Notifies all receivers that were not yet notified that this version's value is due. Nobody hears twice of one version,
 * unless a result could not be noted. An endpoint that fails is tried again by the next heal, up to the limit of the
 * settings.
 * @param seen if its metadata names no receivers, `dueOf` is not asked
 * @param dueOf when the value is due; null: not within the time of the settings
 * @throws RotationError as `dueOf` does
 */
export async function notifyDue(
  context: NotifyContext,
  seen: Seen,
  versionNo: number,
  dueOf: () => Promise<Due | null>,
): Promise<void> {
  const { settings, secretId, clock, log } = context;
  const hasNotHeard = ({ due }: Subscriber) =>
    due?.version !== versionNo || (due.failures > 0 && due.failures < settings.notifyMaxFailures);
  const owed = ({ subscribers, topicDue }: NotifyRecord) => ({
    endpoints: subscribers.filter(hasNotHeard).map(({ endpoint }) => endpoint),
    topic: settings.notifyTopicId !== null && topicDue !== versionNo,
  });
  const isOwed = (record: NotifyRecord) => owed(record).topic || owed(record).endpoints.length > 0;
  if (!isOwed(readRecord(seen.metadata, limitsOf(context, seen, versionNo)))) return;
  const due = await dueOf();
  if (due === null) return;
  await inside(context, "due", async (bounded) => {
    const state = await lookWhenActive(bounded);
    if (state === null || state.currentVersionNo !== versionNo) return;
    const record = readRecord(state.metadata, limitsOf(context, seen, versionNo));
    if (!isOwed(record)) return;
    const message = dueMessage({ secretId, versionNo, at: clock.now(), dueAt: due.at, reason: due.reason });
    const { endpoints, topic } = owed(record);
    const results = await sendTo(bounded, message, endpoints, topic);
    log.info("due-told", { versionNo, reason: due.reason, ...countOf(results) });
    if (hasTried(results)) await note(bounded, seen, (latest) => withDueTold(latest, { versionNo, results }));
  });
}
