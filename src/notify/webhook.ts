import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";
import type { Settings } from "../base/settings/settings.ts";
import { type Transport, TransportError } from "../clients/http/transport.ts";
import type { Message } from "./message.ts";
import { signedHeaders } from "./signature.ts";
import { type Resolve, targetOf } from "./target.ts";

export interface WebhookSeams {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly resolve: Resolve;
}

/** Rejects once the time is over; later results are ignored. */
async function within<T>(clock: Clock, window: Budget, work: Promise<T>): Promise<T> {
  const timer = clock.abortAfter(window.remaining());
  const late = new Promise<never>((_, reject) => {
    const outOfTime = () => reject(new TransportError("TIMED_OUT", false, "no address before the deadline"));
    timer.signal.addEventListener("abort", outOfTime);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.cancel();
  }
}

/**
 * Sends one webhook, once: Standard Webhooks, POST. No redirect is followed, and only the status of the response counts.
 * @param window limits the sending
 * @returns the status
 * @throws RotationError SUBSCRIBER_INVALID if the target may not be reached (any more); TransportError
 */
export async function sendWebhook(
  { settings, clock, transport, resolve }: WebhookSeams,
  keys: readonly Secret[],
  message: Message,
  url: URL,
  window: Budget,
): Promise<number> {
  const { address } = await within(clock, window, targetOf(url, settings, resolve));
  const { status } = await transport({
    method: "POST",
    url: url.href,
    headers: {
      "content-type": "application/json",
      "user-agent": "oci-rotate",
      ...signedHeaders(keys, message, clock.now()),
    },
    body: message.body,
    untrusted: { address },
    deadline: window.callDeadline(),
  });
  return status;
}
