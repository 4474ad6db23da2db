import { type Member, readMembers, text } from "./members.ts";
import { page } from "./page.ts";
import { knowsCompartment } from "./places.ts";
import type { MetricData } from "./stored-metrics.ts";
import type { Surroundings } from "./surroundings.ts";
import {
  asText,
  type EmulatedRequest,
  type EmulatedResponse,
  isObject,
  type JsonObject,
  json,
  notAuthorizedOrNotFound,
  ociError,
} from "./wire.ts";

type MetricCall = "post-metric-data" | "list-metrics";

const POST_PATH = "/20180401/metrics";
const LIST_PATH = `${POST_PATH}/actions/listMetrics`;
/** Kept requests, so that a long run does not fill the memory. */
const MOST_KEPT = 1_000;

// Limits and forms: Source: OCI Monitoring API, PostMetricData and its models.
const MAX_STREAMS = 50;
const MAX_DIMENSIONS = 20;
const PAST_MS = 2 * 3_600_000;
const AHEAD_MS = 10 * 60_000;

/** The Monitoring call of a request; null: none. */
export function metricCall({ method, path }: Pick<EmulatedRequest, "method" | "path">): MetricCall | null {
  if (method !== "POST") return null;
  if (path === POST_PATH) return "post-metric-data";
  return path === LIST_PATH ? "list-metrics" : null;
}

/** OCI Monitoring: PostMetricData, and ListMetrics, which names what was posted. */
export function handleMetrics(
  request: EmulatedRequest,
  call: MetricCall,
  surroundings: Surroundings,
): EmulatedResponse {
  return call === "post-metric-data" ? post(request, surroundings) : listMetrics(request, surroundings);
}

const matching = (pattern: RegExp, what: string): Member => {
  return (value) => (typeof value === "string" && pattern.test(value) ? undefined : what);
};
const isText = (value: unknown, longest: number) =>
  typeof value === "string" && value !== "" && [...value].length <= longest;

const namespaceProblem: Member = (value) => {
  if (typeof value !== "string" || !/^[A-Za-z][A-Za-z0-9_]*$/.test(value)) return "is no valid namespace";
  return /^(?:oci|oracle)_/.test(value) ? "begins with a prefix that is reserved" : undefined;
};

const dimensionsProblem: Member = (value) => {
  if (!isObject(value)) return "is not an object";
  const entries = Object.entries(value);
  if (entries.length < 1 || entries.length > MAX_DIMENSIONS) return `has not 1 to ${MAX_DIMENSIONS} members`;
  if (!entries.every(([key]) => /^[!-~]{1,256}$/.test(key))) return "has a key that is not printable ASCII";
  return entries.every(([, text]) => isText(text, 512)) ? undefined : "has a value that is not 1 to 512 characters";
};

const metadataProblem: Member = (value) => {
  const isFine = ([key, text]: [string, unknown]) => isText(key, 256) && isText(text, 256);
  return isObject(value) && Object.entries(value).every(isFine) ? undefined : "is not text by keys of text";
};

function datapointProblem(point: unknown, now: number): string | undefined {
  if (!isObject(point)) return "has a point that is not an object";
  const at = Date.parse(asText(point["timestamp"]) ?? "");
  if (!(at > now - PAST_MS && at < now + AHEAD_MS)) return "has a timestamp that is not near the current time";
  if (!Number.isFinite(point["value"])) return "has a value that is not a number";
  const count = point["count"] ?? 1;
  return Number.isInteger(count) && Number(count) > 0 ? undefined : "has a count that is not above zero";
}

const datapointsProblem: Member = (value, now) => {
  if (!Array.isArray(value) || value.length === 0) return "is empty";
  return value.map((point) => datapointProblem(point, now)).find((problem) => problem !== undefined);
};

const members = {
  namespace: namespaceProblem,
  compartmentId: text,
  name: matching(/^[A-Za-z][A-Za-z0-9._$-]*$/, "is no valid name"),
  resourceGroup: matching(/^[A-Za-z][A-Za-z0-9._$-]*$/, "is no valid name"),
  dimensions: dimensionsProblem,
  metadata: metadataProblem,
  datapoints: datapointsProblem,
} as const;

const streamOf = ({ namespace, compartmentId, name, resourceGroup, dimensions }: JsonObject) =>
  JSON.stringify([
    [namespace, compartmentId, name, resourceGroup],
    isObject(dimensions) && Object.entries(dimensions).sort(),
  ]);

function post(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { now, state } = surroundings;
  const batch = {
    metricData: (value: unknown) =>
      Array.isArray(value) && value.every(isObject) ? undefined : "is not a list of objects",
    batchAtomicity: matching(/^(?:NON_)?ATOMIC$/, "is neither ATOMIC nor NON_ATOMIC"),
  };
  const read = readMembers(request, batch, ["metricData"], now);
  if ("refusal" in read) return read.refusal;
  const sent = read.details["metricData"] as JsonObject[];
  if (sent.length === 0) return ociError(400, "InvalidParameter", "metricData is empty.");
  if (new Set(sent.map(streamOf)).size > MAX_STREAMS) {
    return ociError(400, "InvalidParameter", `A request has at most ${MAX_STREAMS} metric streams.`);
  }
  if (!sent.every(({ compartmentId }) => knowsCompartment(surroundings, asText(compartmentId) ?? ""))) {
    return notAuthorizedOrNotFound();
  }
  const metrics = sent.map((metricData) => ({ metricData, metric: readMetric(metricData, now) }));
  const taken = metrics.flatMap(({ metric }) => (typeof metric === "string" ? [] : [metric]));
  const failed = metrics.flatMap(({ metricData, metric }) =>
    typeof metric === "string" ? [{ message: metric, metricData }] : [],
  );
  const [first] = failed;
  if (first !== undefined && (taken.length === 0 || read.details["batchAtomicity"] === "ATOMIC")) {
    return ociError(400, "InvalidParameter", first.message);
  }
  state.metrics = [...state.metrics, { at: now, taken, body: request.body }].slice(-MOST_KEPT);
  return json(200, { failedMetricsCount: failed.length, failedMetrics: failed });
}

const pointOf = ({ timestamp, value, count }: JsonObject) => ({
  timestamp: String(timestamp),
  value: Number(value),
  ...(count === undefined ? {} : { count: Number(count) }),
});

/** A metric object as it is kept; text: what is wrong with it. */
function readMetric(metricData: JsonObject, now: number): MetricData | string {
  const required = ["namespace", "compartmentId", "name", "dimensions", "datapoints"];
  const read = readMembers({ body: JSON.stringify(metricData) }, members, required, now);
  if ("refusal" in read) return String(JSON.parse(read.refusal.body).message);
  const { namespace, compartmentId, name, resourceGroup, dimensions, datapoints } = read.details;
  const texts = Object.entries(isObject(dimensions) ? dimensions : {}).map(([key, value]) => [key, String(value)]);
  return {
    ...{ namespace: String(namespace), compartmentId: String(compartmentId), name: String(name) },
    ...(resourceGroup === undefined ? {} : { resourceGroup: String(resourceGroup) }),
    dimensions: Object.fromEntries(texts),
    datapoints: (Array.isArray(datapoints) ? datapoints : []).filter(isObject).map(pointOf),
  };
}

/** Each stream once, without its values, as OCI lists them. */
function listMetrics(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { compartmentId = "" } = request.query;
  if (compartmentId === "") return ociError(400, "MissingParameter", "compartmentId is required.");
  if (!knowsCompartment(surroundings, compartmentId)) return notAuthorizedOrNotFound();
  const asked = { namespace: text, name: text };
  const read = readMembers(request, asked, [], surroundings.now);
  if ("refusal" in read) return read.refusal;
  const { namespace, name } = read.details;
  const streams = new Map<string, MetricData>();
  for (const metric of surroundings.state.metrics.flatMap(({ taken }) => taken)) {
    const isAsked = (namespace ?? metric.namespace) === metric.namespace && (name ?? metric.name) === metric.name;
    if (metric.compartmentId === compartmentId && isAsked) streams.set(streamOf({ ...metric }), metric);
  }
  return page([...streams.values()], request.query, surroundings.switches, (metric) => ({
    namespace: metric.namespace,
    compartmentId: metric.compartmentId,
    name: metric.name,
    resourceGroup: metric.resourceGroup,
    dimensions: metric.dimensions,
  }));
}
