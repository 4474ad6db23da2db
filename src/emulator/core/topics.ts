import { type Member, readMembers, text } from "./members.ts";
import { page } from "./page.ts";
import { knowsCompartment } from "./places.ts";
import type { StoredTopic } from "./stored-topic.ts";
import type { Surroundings } from "./surroundings.ts";
import { definedTagsProblem, freeformTagsProblem } from "./tags.ts";
import {
  asText,
  type EmulatedRequest,
  type EmulatedResponse,
  endpointOf,
  isObject,
  iso,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
  parseObject,
  pathPart,
} from "./wire.ts";

type TopicCall = "create-topic" | "list-topics" | "get-topic" | "publish-message";

const TOPIC = /^\/20181201\/topics(?:\/([^/]+)(\/messages)?)?$/;

const topicName: Member = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,256}$/.test(value)
    ? undefined
    : "is not 1 to 256 letters, digits, hyphens and underscores";
const members = {
  name: topicName,
  compartmentId: text,
  description: text,
  freeformTags: freeformTagsProblem,
  definedTags: definedTagsProblem,
} as const;

/** The OCI Notifications call of a request; null: none. */
export function topicCall({ method, path }: Pick<EmulatedRequest, "method" | "path">): TopicCall | null {
  const [found, id, messages] = TOPIC.exec(path) ?? [];
  if (found === undefined) return null;
  const calls = id === undefined ? ({ GET: "list-topics", POST: "create-topic" } as const) : undefined;
  if (calls !== undefined) return calls[method as keyof typeof calls] ?? null;
  if (messages !== undefined) return method === "POST" ? "publish-message" : null;
  return method === "GET" ? "get-topic" : null;
}

/** OCI Notifications: CreateTopic, ListTopics, GetTopic, and PublishMessage, which keeps the message and delivers it to no one. */
export function handleTopics(request: EmulatedRequest, call: TopicCall, surroundings: Surroundings): EmulatedResponse {
  if (call === "create-topic") return createTopic(request, surroundings);
  if (call === "list-topics") return listTopics(request, surroundings);
  const { state, switches } = surroundings;
  const id = pathPart(TOPIC.exec(request.path)?.[1]);
  const found = own(state.topics, id) ?? (switches["unknown-ids"] === "accepted" ? unknownTopic(id) : undefined);
  if (found === undefined) return notAuthorizedOrNotFound();
  return call === "publish-message" ? publish(request, id, surroundings) : topicAnswer(request, found);
}

function unknownTopic(id: string): StoredTopic {
  const nothing = { compartmentId: "", description: null, createdAt: 0, freeformTags: {}, definedTags: {} };
  return { id, name: "rotations", ...nothing };
}

function topicAnswer(request: EmulatedRequest, topic: StoredTopic): EmulatedResponse {
  return json(200, topicModel(request, topic), { etag: ETAG });
}

/** Topics do not change here. */
const ETAG = '"t1"';

function topicModel(request: EmulatedRequest, topic: StoredTopic) {
  return {
    topicId: topic.id,
    name: topic.name,
    compartmentId: topic.compartmentId,
    description: topic.description ?? undefined,
    lifecycleState: "ACTIVE",
    timeCreated: iso(topic.createdAt),
    apiEndpoint: endpointOf(request),
    freeformTags: topic.freeformTags,
    definedTags: topic.definedTags,
    etag: ETAG,
  };
}

function createTopic(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { state, entropy, now } = surroundings;
  const read = readMembers(request, members, ["name", "compartmentId"], now);
  if ("refusal" in read) return read.refusal;
  const { name, compartmentId, description, freeformTags, definedTags } = read.details;
  if (!knowsCompartment(surroundings, String(compartmentId))) return notAuthorizedOrNotFound();
  if (Object.values(state.topics).some((topic) => topic.name === name)) {
    return ociError(409, "Conflict", "A topic of this name exists in the tenancy.");
  }
  const topic: StoredTopic = {
    id: `ocid1.onstopic.oc1.iad.${Buffer.from(entropy.bytes(16)).toString("hex")}`,
    name: String(name),
    compartmentId: String(compartmentId),
    description: asText(description) ?? null,
    createdAt: now,
    freeformTags: isObject(freeformTags) ? freeformTags : {},
    definedTags: isObject(definedTags) ? definedTags : {},
  };
  state.topics[topic.id] = topic;
  return topicAnswer(request, topic);
}

function listTopics(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { compartmentId, id, name, lifecycleState } = request.query;
  if (compartmentId === undefined) return ociError(400, "MissingParameter", "compartmentId is required.");
  if (!knowsCompartment(surroundings, compartmentId)) return notAuthorizedOrNotFound();
  const found = Object.values(surroundings.state.topics).filter(
    (topic) =>
      topic.compartmentId === compartmentId &&
      (id === undefined || topic.id === id) &&
      (name === undefined || topic.name === name) &&
      (lifecycleState === undefined || lifecycleState === "ACTIVE"),
  );
  return page(found, request.query, surroundings.switches, (topic) => topicModel(request, topic));
}

function publish(request: EmulatedRequest, to: string, { state, now }: Surroundings): EmulatedResponse {
  const details = parseObject(request.body);
  if (typeof details?.["body"] !== "string" || details["body"] === "") {
    return ociError(400, "InvalidParameter", "body is missing.");
  }
  const { topics } = state.received;
  topics.push({ at: now, to, headers: { ...request.headers }, body: request.body });
  return json(202, { messageId: `message-${topics.length}`, timeStamp: iso(now) });
}
