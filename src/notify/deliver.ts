import { limitedTo } from "../base/budget.ts";
import { asRotationError } from "../base/errors.ts";
import { type NotifyRecord, type RecordLimits, readRecord, withRecord } from "../clients/vault/notify-record.ts";
import type { SecretState } from "../clients/vault/store.ts";
import { waitUntilActive } from "../clients/vault/wait-active.ts";
import type { Delivery } from "./channels.ts";
import type { NotifyContext } from "./context.ts";
import type { Message } from "./message.ts";
import type { Results } from "./results.ts";

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
export function limitsOf({ settings }: NotifyContext, { highestNo }: Seen, currentNo: number | null): RecordLimits {
  const { subscriberLimit } = settings;
  return { subscriberLimit, highestNo: highestNo === null ? null : Math.max(highestNo, currentNo ?? 0) };
}

/**
 * Runs `work` within the notification budget. Failures never affect the rotation; the next heal retries whatever was not delivered or
 * recorded.
 */
export async function inside(context: NotifyContext, what: string, work: (bounded: NotifyContext) => Promise<void>) {
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
export async function sendTo(
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
export const lookWhenActive = (bounded: NotifyContext): Promise<SecretState | null> => waitUntilActive(bounded, 0);

/** Writes the updated record, computed again from each look; null: nothing to write. */
export async function note(
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

export function countOf(results: Results) {
  const all = [...results.endpoints.values(), results.topic];
  const count = (delivery: Delivery) => all.filter((one) => one === delivery).length;
  return { delivered: count("delivered"), failed: count("failed"), notSent: count("not-sent") };
}

export const hasTried = ({ endpoints, topic }: Results) =>
  [...endpoints.values(), topic].some((delivery) => delivery === "delivered" || delivery === "failed");
