import type { Budget } from "../base/budget.ts";
import type { OciSigner } from "../clients/http/oci-http-client.ts";
import { createOciRequester } from "../clients/http/oci-request.ts";
import type { Transport } from "../clients/http/transport.ts";
import type { Message } from "./message.ts";

/** The address of OCI Notifications, and the signer of our requests. */
export interface TopicAccess {
  readonly transport: Transport;
  readonly signer: OciSigner;
  /** Scheme, host and port, without the API's path; null: not known. */
  readonly notificationsEndpoint: string | null;
}

/**
 * Publishes a message to a topic (Source: OCI Notifications API, PublishMessage): what webhooks get, as text.
 * @returns the status
 * @throws TransportError
 */
export async function publish(
  { transport, signer }: TopicAccess,
  endpoint: string,
  topicId: string,
  { title, body }: Message,
  window: Budget,
): Promise<number> {
  const { status } = await createOciRequester(
    transport,
    signer,
  )({
    method: "POST",
    url: `${endpoint}/20181201/topics/${encodeURIComponent(topicId)}/messages`,
    body: JSON.stringify({ title, body }),
    deadline: window.callDeadline(),
  });
  return status;
}
