import { parseEndpoint } from "../../notify/endpoint.ts";
import { addSubscriber } from "../../notify/subscribers.ts";
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
