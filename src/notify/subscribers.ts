import { RotationError } from "../base/errors.ts";
import { isPassing, requireWritable } from "../clients/vault/lifecycle.ts";
import { type NotifyRecord, readRecord, withRecord } from "../clients/vault/notify-record.ts";
import type { SecretState } from "../clients/vault/store.ts";
import { waitUntilActive } from "../clients/vault/wait-active.ts";
import type { NotifyContext } from "./context.ts";
import { type Endpoint, parseEndpoint, withoutPath } from "./endpoint.ts";

/** Limit for all endpoints of a secret together. Vault's limit for metadata is undocumented, and others keep theirs there too. */
const MAX_CHARACTERS = 4_000;
/** After this many lost races with another writer it is not chance. */
const MAX_TRIES = 5;

function limitReached(what: string): RotationError {
  return new RotationError("SUBSCRIBER_INVALID", what, "unsubscribe one that is not needed any more");
}

/**
 * Changes the list with compare-and-swap. No request is sent between a look and its write, so that even if Vault ignores `if-match`, no
 * write from before that look is undone.
 * @param change null: nothing is to be written
 * @returns whether anything was written
 */
async function change(
  context: NotifyContext,
  changed: (record: NotifyRecord, state: SecretState) => NotifyRecord | null,
): Promise<boolean> {
  let hasWritten = false;
  for (let turn = 0; turn < MAX_TRIES; turn++) {
    const first = await context.clients.vault.readSecret();
    requireWritable(first);
    const state = isPassing(first) ? await waitUntilActive(context) : first;
    if (state === null) throw new RotationError("VAULT_UNAVAILABLE", "the secret stayed UPDATING");
    const limits = { subscriberLimit: context.settings.subscriberLimit, highestNo: null };
    const record = changed(readRecord(state.metadata, limits), state);
    // After a write without an answer, the look shows whether it took effect.
    if (record === null) return hasWritten;
    const write = await context.clients.vault.writeAnnotations(
      { metadata: withRecord(state.metadata, record, limits) },
      state.etag,
    );
    if (write.outcome === "done") return true;
    if (write.outcome === "refused") throw write.error;
    hasWritten ||= write.outcome === "unknown";
  }
  throw new RotationError("VAULT_UNAVAILABLE", `the secret was changed by others at each of ${MAX_TRIES} tries`);
}

/** An endpoint written by hand, or by another edition, may have another form. */
function plain(text: string): string {
  try {
    return parseEndpoint(text).text;
  } catch {
    return text;
  }
}

/**
 * Registers a subscriber of the secret. Registering it again changes nothing but its time.
 * @param noticeBeforeMs its own time for notices; null: it keeps the one that it has, or that of the settings
 * @returns whether anything was changed
 * @throws RotationError SUBSCRIBER_INVALID if there is no room; as SecretStore does
 */
export function addSubscriber(
  context: NotifyContext,
  endpoint: Endpoint,
  noticeBeforeMs: number | null,
): Promise<boolean> {
  const own = noticeBeforeMs === null ? {} : { noticeBeforeMs };
  const { subscriberLimit, notifyTopicId } = context.settings;
  return change(context, (record, { currentVersionNo }) => {
    const { subscribers, told } = record;
    const known = subscribers.find((one) => plain(one.endpoint) === endpoint.text);
    if (known !== undefined) {
      if (noticeBeforeMs === null || known.noticeBeforeMs === noticeBeforeMs) return null;
      return { ...record, subscribers: subscribers.map((one) => (one === known ? { ...one, ...own } : one)) };
    }
    if (subscribers.length >= subscriberLimit) {
      throw limitReached(`the secret has ${subscribers.length} subscribers, and OROT_SUBSCRIBER_LIMIT allows no more`);
    }
    const added = [...subscribers, { endpoint: endpoint.text, failures: null, ...own }];
    if (added.reduce((sum, one) => sum + one.endpoint.length, 0) > MAX_CHARACTERS) {
      throw limitReached(`the endpoints of the secret's subscribers take more than ${MAX_CHARACTERS} characters`);
    }
    // The first subscriber of all can read CURRENT now, so the present version counts as notified.
    const isFirst = subscribers.length === 0 && notifyTopicId === null && currentVersionNo !== null;
    const since = isFirst ? { version: currentVersionNo, seq: told?.seq ?? 0, owesTopic: false, failure: null } : told;
    return { ...record, subscribers: added, told: since };
  });
}

/**
 * Removes a subscriber of the secret, whatever the settings allow now. Removing an unknown one is a no-op.
 * @returns whether it was registered
 */
export function removeSubscriber(context: NotifyContext, endpoint: string): Promise<boolean> {
  const text = plain(endpoint);
  return change(context, (record) => {
    const { subscribers } = record;
    const left = subscribers.filter((one) => plain(one.endpoint) !== text);
    return left.length === subscribers.length ? null : { ...record, subscribers: left };
  });
}

/**
 * Notes that a subscriber has a version. Nothing at the issuer is changed by it: a later heal may end the overlap. What it said of CURRENT stays until it says more, so that a late message changes nothing.
 * @returns whether that is new
 * @throws RotationError SUBSCRIBER_INVALID, EVENT_INVALID; as SecretStore does
 */
export function acknowledgeVersion(context: NotifyContext, endpoint: string, versionNo: number): Promise<boolean> {
  const text = plain(endpoint);
  return change(context, (record, { currentVersionNo }) => {
    const found = record.subscribers.find((one) => plain(one.endpoint) === text);
    if (found === undefined) {
      throw new RotationError("SUBSCRIBER_INVALID", "the endpoint is not registered", "subscribe, then acknowledge");
    }
    if (currentVersionNo === null || versionNo > currentVersionNo) {
      throw new RotationError("EVENT_INVALID", "versionNo is above the number of CURRENT");
    }
    const isNews = versionNo === currentVersionNo || versionNo > (found.has ?? 0);
    if (found.has === versionNo || !isNews) return null;
    const subscribers = record.subscribers.map((one) => (one === found ? { ...one, has: versionNo } : one));
    return { ...record, subscribers };
  });
}

/** The endpoints of the secret's subscribers, without their paths, in the order of registration. */
export async function listSubscribers({ clients: { vault }, settings }: NotifyContext): Promise<string[]> {
  const { metadata } = await vault.readSecret();
  const { subscribers } = readRecord(metadata, { subscriberLimit: settings.subscriberLimit, highestNo: null });
  return subscribers.map(({ endpoint }) => withoutPath(endpoint));
}
