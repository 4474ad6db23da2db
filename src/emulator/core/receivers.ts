import {
  type EmulatedRequest,
  type EmulatedResponse,
  json,
  notAuthorizedOrNotFound,
  ociError,
  parseObject,
} from "./wire.ts";

/** What a receiver of notifications got, oldest first. */
export interface Received {
  readonly at: number;
  /** The path after `/receivers/`, or the topic's OCID. */
  readonly to: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ReceiversState {
  webhooks: Received[];
  topics: Received[];
}

export const RECEIVERS_PATH = "/receivers/";
/** Requests below this path are answered 503. */
const UNAVAILABLE = "unavailable";
const TOPIC = /^\/20181201\/topics\/([^/]+)(\/messages)?$/;

/** The OCI Notifications call of a path; null: none. */
export function topicCall(path: string): "publish-message" | "get-topic" | null {
  const [found, , messages] = TOPIC.exec(path) ?? [];
  if (found === undefined) return null;
  return messages === undefined ? "get-topic" : "publish-message";
}

/** Receivers of webhooks. Every path under `/receivers/` is one, and accepts everything. */
export function handleReceivers(request: EmulatedRequest, state: ReceiversState, now: number): EmulatedResponse {
  const to = request.path.slice(RECEIVERS_PATH.length);
  if (request.method !== "POST") return { status: 405, headers: {}, body: "" };
  if (to.split("/")[0] === UNAVAILABLE) return { status: 503, headers: {}, body: "" };
  state.webhooks.push({ at: now, to, headers: { ...request.headers }, body: request.body });
  return { status: 204, headers: {}, body: "" };
}

/** PublishMessage of OCI Notifications keeps the message and delivers it to no one. GetTopic finds every topic. */
export function handleTopics(request: EmulatedRequest, state: ReceiversState, now: number): EmulatedResponse {
  const topicId = TOPIC.exec(request.path)?.[1];
  const call = topicCall(request.path);
  if (topicId !== undefined && call === "get-topic" && request.method === "GET") {
    return json(200, { topicId: decodeURIComponent(topicId), name: "rotations", lifecycleState: "ACTIVE" });
  }
  if (topicId === undefined || call !== "publish-message" || request.method !== "POST")
    return notAuthorizedOrNotFound();
  const details = parseObject(request.body);
  if (typeof details?.["body"] !== "string" || details["body"] === "") {
    return ociError(400, "InvalidParameter", "body is missing.");
  }
  state.topics.push({ at: now, to: decodeURIComponent(topicId), headers: { ...request.headers }, body: request.body });
  return json(202, { messageId: `message-${state.topics.length}`, timeStamp: new Date(now).toISOString() });
}
