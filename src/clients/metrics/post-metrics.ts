import type { Point } from "../../base/tally.ts";
import type { HttpResponse } from "../http/transport.ts";

/** Where the numbers of a call belong. */
export interface MetricPlace {
  readonly namespace: string;
  readonly compartmentId: string;
  /** OCID of the function: `resourceId`, as in OCI's own metrics of functions. */
  readonly functionId: string;
}

/** How a post ended, in words of our own. `status`: null if no answer came. */
export interface Posted {
  readonly outcome: "posted" | "partly-refused" | "refused" | "no-answer";
  readonly status: number | null;
}

/** The most streams that one call may post (Source: OCI Monitoring API, PostMetricData). */
export const MAX_STREAMS = 50;

/** @param at milliseconds since the epoch */
function bodyOf(points: readonly Point[], { namespace, compartmentId, functionId }: MetricPlace, at: number): string {
  const timestamp = new Date(at).toISOString();
  const metricData = points.slice(0, MAX_STREAMS).map(({ metric, dimensions, value }) => ({
    namespace,
    compartmentId,
    name: metric,
    dimensions: { resourceId: functionId, ...dimensions },
    datapoints: [{ timestamp, value }],
  }));
  return JSON.stringify({ metricData });
}

/** How many metrics an answer of 200 says it has refused. */
function refusedIn(body: string): number {
  try {
    const count: unknown = JSON.parse(body).failedMetricsCount;
    return typeof count === "number" ? count : 0;
  } catch {
    return 0;
  }
}

/**
 * Posts the numbers of a call, once. Never rejects.
 * @param send signs and sends a body to a path of the endpoint
 */
export async function postMetrics(
  send: (path: string, body: string) => Promise<HttpResponse>,
  points: readonly Point[],
  place: MetricPlace,
  at: number,
): Promise<Posted> {
  try {
    const { status, body } = await send("/20180401/metrics", bodyOf(points, place, at));
    if (status < 200 || status > 299) return { outcome: "refused", status };
    return { outcome: refusedIn(body) > 0 ? "partly-refused" : "posted", status };
  } catch {
    return { outcome: "no-answer", status: null };
  }
}
