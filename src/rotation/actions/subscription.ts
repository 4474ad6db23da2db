import { parseEndpoint } from "../../notify/endpoint.ts";
import { acknowledgeVersion, addSubscriber, removeSubscriber } from "../../notify/subscribers.ts";
import type { Context } from "../context.ts";

/**
 * Registers an endpoint that the settings allow. A registered endpoint stays as it is, but for its own time.
 * @param noticeBeforeMs how long before a client secret is due it hears so; null: as the settings say, or as it said before
 * @returns whether anything was changed
 * @throws RotationError SUBSCRIBER_INVALID; as SecretStore does
 */
export async function subscribe(context: Context, text: string, noticeBeforeMs: number | null): Promise<boolean> {
  const endpoint = parseEndpoint(text);
  await context.clients.notifications.require(endpoint);
  return addSubscriber(context, endpoint, noticeBeforeMs);
}

/**
 * Removes an endpoint, whatever the settings allow now. A missing endpoint is not an error.
 * @returns whether it was there
 */
export function unsubscribe(context: Context, text: string): Promise<boolean> {
  return removeSubscriber(context, text);
}

/**
 * Notes that a subscriber has a version. Nothing at the issuer is changed by it: a later heal may end the overlap.
 * @returns whether that is new
 * @throws RotationError SUBSCRIBER_INVALID, EVENT_INVALID; as SecretStore does
 */
export function acknowledge(context: Context, text: string, versionNo: number): Promise<boolean> {
  return acknowledgeVersion(context, text, versionNo);
}
