import { limitedTo } from "../base/budget.ts";
import { asRotationError, type RotationError } from "../base/errors.ts";
import type { SecretState } from "../clients/vault/store.ts";
import { waitUntilActive } from "../clients/vault/wait-active.ts";
import type { Delivery } from "./channels.ts";
import type { NotifyContext } from "./context.ts";
import { changeMessage, failureMessage, type Message } from "./message.ts";
import { type NotifyRecord, type RecordLimits, readRecord, withRecord } from "./record.ts";
import { type Results, withChangeTold, withFailureTold } from "./results.ts";

/** What the call knows of the secret before it notifies. */
export interface Seen {
  readonly metadata: SecretState["metadata"];
  /** The highest version number; null: the versions were not listed. */
  readonly highestNo: number | null;
}

/** With less time than this no delivery could succeed and be recorded. The smallest setting allows it. */
const LEAST_MS = 1_000;
/** Share of the time for sending; the rest is for recording the results. */
const SENDING_SHARE = 0.6;
const MAX_WRITES = 3;

/** @param currentNo from a later look: others may have written versions since */
function limitsOf({ settings }: NotifyContext, { highestNo }: Seen, currentNo: number | null): RecordLimits {
  const { subscriberLimit } = settings;
  return { subscriberLimit, highestNo: highestNo === null ? null : Math.max(highestNo, currentNo ?? 0) };
}

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
 * Runs `work` within the notification budget. Failures never affect the rotation; the next heal retries whatever was not delivered or
 * recorded.
 */
async function inside(context: NotifyContext, what: string, work: (bounded: NotifyContext) => Promise<void>) {
  const {
    clients: { notifications },
    clock,
    budget,
    log,
  } = context;
  const window = limitedTo(budget, clock, notifications.allowance());
  if (window.remaining() < LEAST_MS) {
    log.warn("not-told", { what, outcome: "no time left" });
    return;
  }
  const started = clock.monotonic();
  try {
    await work({
      ...context,
      budget: window,
      clients: { ...context.clients, vault: context.clients.vaultWithin(window) },
    });
  } catch (thrown) {
    log.warn("not-told", { what, outcome: asRotationError(thrown).code });
  } finally {
    notifications.spend(clock.monotonic() - started);
  }
}

/** Sends to all in parallel, so that a slow one does not delay the others. */
async function sendTo(
  { clients: { notifications }, clock, budget, log, tally }: NotifyContext,
  message: Message,
  endpoints: readonly string[],
  toTopic: boolean,
): Promise<Results> {
  const window = limitedTo(budget, clock, budget.remaining() * SENDING_SHARE);
  const deliveries = endpoints.map(
    async (endpoint) => [endpoint, await notifications.send(message, endpoint, window, log)] as const,
  );
  const topic = toTopic ? notifications.publish(message, window, log) : null;
  const results: Results = { endpoints: new Map(await Promise.all(deliveries)), topic: await topic };
  const { failed, notSent } = countOf(results);
  tally.note("NotificationsUndelivered", failed + notSent);
  return results;
}

/** The remaining budget may be used up, since it is for nothing else. */
const lookWhenActive = (bounded: NotifyContext): Promise<SecretState | null> => waitUntilActive(bounded, 0);

/** Writes the updated record, computed again from each look; null: nothing to write. */
async function note(
  context: NotifyContext,
  seen: Seen,
  changed: (record: NotifyRecord) => NotifyRecord | null,
): Promise<void> {
  let sent: unknown;
  for (let turn = 0; turn < MAX_WRITES; turn++) {
    const state = await lookWhenActive(context);
    if (state === null) return context.log.warn("told-not-noted", { outcome: "not-active" });
    // A write without an answer has taken effect.
    if (sent !== undefined && state.metadata["orot"] === sent) return;
    const limits = limitsOf(context, seen, state.currentVersionNo);
    const record = changed(readRecord(state.metadata, limits));
    if (record === null) return;
    const metadata = withRecord(state.metadata, record, limits);
    if (metadata["orot"] === state.metadata["orot"]) return;
    sent = metadata["orot"];
    const write = await context.clients.vault.writeAnnotations({ metadata }, state.etag);
    if (write.outcome === "done") return;
    if (write.outcome === "refused") throw write.error;
  }
  context.log.warn("told-not-noted", { outcome: "race-lost" });
}

function countOf(results: Results) {
  const all = [...results.endpoints.values(), results.topic];
  const count = (delivery: Delivery) => all.filter((one) => one === delivery).length;
  return { delivered: count("delivered"), failed: count("failed"), notSent: count("not-sent") };
}

const hasTried = ({ endpoints, topic }: Results) =>
  [...endpoints.values(), topic].some((delivery) => delivery === "delivered" || delivery === "failed");

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
