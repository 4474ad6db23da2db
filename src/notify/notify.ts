import type { RotationError } from "../base/errors.ts";
import { type NotifyRecord, readRecord } from "../clients/vault/notify-record.ts";
import type { NotifyContext } from "./context.ts";
import { countOf, hasTried, inside, limitsOf, lookWhenActive, note, type Seen, sendTo } from "./deliver.ts";
import { changeMessage, failureMessage } from "./message.ts";
import { withChangeTold, withFailureTold } from "./results.ts";

/** The version that is CURRENT, and whether a change is known to have made it so. */
interface Change {
  readonly versionNo: number;
  /** False: perhaps nothing was ever rotated. Then subscribers that never got a notification need none. */
  readonly isCertain: boolean;
}

/** The receivers that were not yet notified that this version is CURRENT. */
function notNotified({ subscribers, told }: NotifyRecord, { versionNo, isCertain }: Change, hasTopic: boolean) {
  const wasEverTold = told !== null && told.version > 0;
  const isNews = wasEverTold ? told.version !== versionNo : isCertain || versionNo > 1;
  return {
    endpoints: subscribers.filter(({ failures }) => isNews || failures !== null).map(({ endpoint }) => endpoint),
    topic: hasTopic && (isNews || told?.owesTopic === true),
  };
}

/**
 * Notifies all receivers that were not yet notified that this version is CURRENT, and records the results. Never throws.
 * @param seen if its metadata names no receivers, no request is sent
 */
export async function notifyChange(context: NotifyContext, seen: Seen, change: Change): Promise<void> {
  const { versionNo } = change;
  const { settings, secretId, clock, log } = context;
  const hasTopic = settings.notifyTopicId !== null;
  const isOwed = (record: NotifyRecord) => {
    const { endpoints, topic } = notNotified(record, change, hasTopic);
    return endpoints.length > 0 || topic;
  };
  if (!isOwed(readRecord(seen.metadata, limitsOf(context, seen, versionNo)))) return;
  await inside(context, "change", async (bounded) => {
    // A receiver reads CURRENT at once, and would get the old value while Vault is between two states.
    const state = await lookWhenActive(bounded);
    if (state === null || state.currentVersionNo !== versionNo) return;
    const record = readRecord(state.metadata, limitsOf(context, seen, versionNo));
    if (!isOwed(record)) return;
    const { told } = record;
    const seq = told === null ? 1 : told.version === versionNo ? told.seq : told.seq + 1;
    const { endpoints, topic } = notNotified(record, change, hasTopic);
    const message = changeMessage({ secretId, versionNo, seq, at: clock.now() });
    const results = await sendTo(bounded, message, endpoints, topic);
    log.info("change-told", { versionNo, ...countOf(results) });
    if (!hasTried(results)) return;
    await note(bounded, seen, (latest) => withChangeTold(latest, { versionNo, seq, results, settings, log }));
  });
}

/** Not failures for a subscriber: the event was refused, the work was postponed on purpose, or another run is in progress. */
const NOT_TOLD: readonly RotationError["code"][] = ["EVENT_INVALID", "PAUSED", "CLAIM_LIVE"];

/**
 * Notifies all receivers that a rotation has failed, and of the next action; the same failure once a day. Never throws.
 * @param seen as in `notifyChange`
 */
export async function notifyFailure(context: NotifyContext, seen: Seen, error: RotationError): Promise<void> {
  const { settings, secretId, clock, log } = context;
  const { code, nextAction } = error;
  if (NOT_TOLD.includes(code)) return;
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  const hasTopic = settings.notifyTopicId !== null;
  const isDue = ({ subscribers, told }: NotifyRecord) =>
    (subscribers.length > 0 || hasTopic) && (told?.failure?.code !== code || told.failure.day !== day);
  if (!isDue(readRecord(seen.metadata, limitsOf(context, seen, null)))) return;
  await inside(context, "failure", async (bounded) => {
    const state = await bounded.clients.vault.readSecret();
    const record = readRecord(state.metadata, limitsOf(context, seen, state.currentVersionNo));
    if (!isDue(record) || state.currentVersionNo === null) return;
    const seq = record.told?.seq ?? 0;
    const about = { secretId, versionNo: state.currentVersionNo, seq, at: clock.now(), day, code, nextAction };
    const endpoints = record.subscribers.map(({ endpoint }) => endpoint);
    const results = await sendTo(bounded, failureMessage(about), endpoints, hasTopic);
    log.info("failure-told", countOf(results));
    if (![...results.endpoints.values(), results.topic].includes("delivered")) return;
    await note(bounded, seen, (latest) => withFailureTold(latest, seq, { code, day }));
  });
}
