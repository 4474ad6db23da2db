import type { Log } from "../base/log.ts";
import type { Settings } from "../base/settings/settings.ts";
import type { NotifyRecord, Subscriber, ToldFailure } from "../clients/vault/notify-record.ts";
import type { Delivery } from "./channels.ts";
import { hostOf } from "./endpoint.ts";

/** The results of one message. */
export interface Results {
  readonly endpoints: ReadonlyMap<string, Delivery>;
  /** Null: the topic was not to be notified. */
  readonly topic: Delivery | null;
}

interface ChangeTold {
  readonly versionNo: number;
  readonly seq: number;
  readonly results: Results;
  readonly settings: Pick<Settings, "notifyMaxFailures">;
  readonly log: Log;
}

function after(subscriber: Subscriber, delivery: Delivery | undefined): Subscriber {
  // It registered while the others were notified: it has read CURRENT, or gets the next notification.
  if (delivery === undefined) return subscriber;
  if (delivery === "delivered") return { ...subscriber, failures: null };
  return { ...subscriber, failures: (subscriber.failures ?? 0) + (delivery === "failed" ? 1 : 0) };
}

/** A record edited by hand may have a text that only looks like a mail address. */
const isMail = ({ endpoint }: Subscriber) => hostOf(endpoint) === "mail";

/**
 * Drops subscribers that were unreachable now and too often before. The last mail address stays, since it is the only one left to report
 * that.
 */
function withoutUnreachable(subscribers: readonly Subscriber[], { results, settings, log }: ChangeTold): Subscriber[] {
  let mails = subscribers.filter(isMail).length;
  return subscribers.filter((subscriber) => {
    const hasFailed = results.endpoints.get(subscriber.endpoint) === "failed";
    if (!hasFailed || (subscriber.failures ?? 0) < settings.notifyMaxFailures) return true;
    if (isMail(subscriber)) {
      if (mails === 1) return true;
      mails -= 1;
    }
    log.warn("subscriber-removed", { host: hostOf(subscriber.endpoint), failures: subscriber.failures });
    return false;
  });
}

/** The record after a change was notified; null if another run has notified a later one meanwhile. */
export function withChangeTold(record: NotifyRecord, change: ChangeTold): NotifyRecord | null {
  const { subscribers, told } = record;
  const { versionNo, seq, results } = change;
  const isSame = told?.version === versionNo && told.seq === seq;
  if (told !== null && !isSame && told.seq >= seq) return null;
  const heard = subscribers.map((subscriber) => after(subscriber, results.endpoints.get(subscriber.endpoint)));
  const owesTopic = results.topic === null ? isSame && told.owesTopic : results.topic !== "delivered";
  return {
    ...record,
    subscribers: withoutUnreachable(heard, change),
    // A change clears the failures before it.
    told: { version: versionNo, seq, owesTopic, failure: isSame ? told.failure : null },
  };
}

/** The record after a failure was notified; null if a change was notified meanwhile. */
export function withFailureTold(record: NotifyRecord, seq: number, failure: ToldFailure): NotifyRecord | null {
  const { told } = record;
  if ((told?.seq ?? 0) !== seq) return null;
  // No version has number 0, so the present CURRENT is still to be notified.
  const before = told ?? { version: 0, seq, owesTopic: false };
  return { ...record, told: { ...before, failure } };
}

interface DueHeard {
  readonly versionNo: number;
  readonly results: Results;
}

/** The record after a notice that the value is due. That it was delivered counts, whoever delivered it. */
export function withDueTold(record: NotifyRecord, { versionNo, results }: DueHeard): NotifyRecord {
  const noted = (subscriber: Subscriber): Subscriber => {
    const delivery = results.endpoints.get(subscriber.endpoint);
    const before = subscriber.due?.version === versionNo ? subscriber.due.failures : null;
    const isNews = delivery === "delivered" || (delivery === "failed" && before !== 0);
    if (!isNews) return subscriber;
    const failures = delivery === "delivered" ? 0 : (before ?? 0) + 1;
    return { ...subscriber, due: { version: versionNo, failures } };
  };
  const hasHeard = results.topic === "delivered";
  return { ...record, subscribers: record.subscribers.map(noted), ...(hasHeard && { topicDue: versionNo }) };
}
