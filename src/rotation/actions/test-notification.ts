import { limitedTo } from "../../base/budget.ts";
import { readRecord } from "../../clients/vault/notify-record.ts";
import type { TestDelivery } from "../../notify/channels.ts";
import { withoutPath } from "../../notify/endpoint.ts";
import { testMessage } from "../../notify/message.ts";
import type { Context } from "../context.ts";

/** Sends a message that says it is a test to every subscriber of the secret and to the topic. Records nothing. */
export async function testNotification(context: Context): Promise<TestDelivery[]> {
  const {
    clients: { vault, notifications },
    clock,
    budget,
    log,
    entropy,
    secretId,
    settings,
  } = context;
  const { metadata, currentVersionNo } = await vault.readSecret();
  const { subscriberLimit } = settings;
  const { subscribers } = readRecord(metadata, { subscriberLimit, highestNo: null });
  const message = testMessage({ secretId, versionNo: currentVersionNo ?? 0, at: clock.now(), nonce: entropy.uuid() });
  const window = limitedTo(budget, clock, notifications.allowance());
  const deliveries = subscribers.map(async ({ endpoint }) => ({
    endpoint: withoutPath(endpoint),
    outcome: await notifications.send(message, endpoint, window, log),
  }));
  const toTopic =
    settings.notifyTopicId === null
      ? []
      : [notifications.publish(message, window, log).then((outcome) => ({ endpoint: "topic", outcome }))];
  return Promise.all([...deliveries, ...toTopic]);
}
