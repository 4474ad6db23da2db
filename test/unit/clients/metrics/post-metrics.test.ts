import { describe, expect, test } from "vitest";
import { createTally } from "../../../../src/base/tally.ts";
import { MAX_STREAMS, type MetricPlace, postMetrics } from "../../../../src/clients/metrics/post-metrics.ts";

const place: MetricPlace = {
  namespace: "ocirotate",
  compartmentId: "ocid1.compartment.oc1..c",
  functionId: "ocid1.fnfunc.oc1..f",
};
const AT = Date.UTC(2026, 0, 1);

const points = () => {
  const tally = createTally();
  tally.note("Runs", 2, { task: "heal", outcome: "OK", result: "ok" });
  tally.note("VersionSlotsLeft", 7);
  return tally.points();
};
const answering =
  (status: number, body = "{}") =>
  async () => ({ status, headers: {}, body });

describe("the metrics of a call", () => {
  test("are posted in one request, each with the function as a dimension, at one time", async () => {
    const sent: unknown[] = [];
    const send = async (path: string, body: string) => {
      sent.push([path, JSON.parse(body)]);
      return { status: 200, headers: {}, body: '{"failedMetricsCount":0,"failedMetrics":[]}' };
    };
    expect(await postMetrics(send, points(), place, AT)).toEqual({ outcome: "posted", status: 200 });
    const common = { namespace: "ocirotate", compartmentId: "ocid1.compartment.oc1..c" };
    const point = (value: number) => [{ timestamp: "2026-01-01T00:00:00.000Z", value }];
    const resourceId = "ocid1.fnfunc.oc1..f";
    const metricData = [
      {
        ...common,
        name: "Runs",
        dimensions: { resourceId, task: "heal", outcome: "OK", result: "ok" },
        datapoints: point(2),
      },
      { ...common, name: "VersionSlotsLeft", dimensions: { resourceId }, datapoints: point(7) },
    ];
    expect(sent).toEqual([["/20180401/metrics", { metricData }]]);
  });

  test("are at most as many as one request may carry", async () => {
    const [first] = points();
    if (first === undefined) throw new Error("no point");
    let count = 0;
    const send = async (_path: string, body: string) => {
      count = JSON.parse(body).metricData.length;
      return { status: 200, headers: {}, body: "{}" };
    };
    await postMetrics(send, Array(MAX_STREAMS + 1).fill(first), place, AT);
    expect(count).toBe(50);
  });
});

test.each([
  ["partly refused", answering(200, '{"failedMetricsCount":1,"failedMetrics":[]}'), "partly-refused", 200],
  ["posted, by an answer that is no JSON", answering(200, "<html>"), "posted", 200],
  ["posted, by an answer of another form", answering(202, "null"), "posted", 202],
  ["refused by 404", answering(404), "refused", 404],
  ["refused by a redirect", answering(302), "refused", 302],
  ["refused by 503", answering(503), "refused", 503],
  ["unanswered", () => Promise.reject(new Error("canary")), "no-answer", null],
])("they are told as %s", async (_what, send, outcome, status) => {
  expect(await postMetrics(send, points(), place, AT)).toEqual({ outcome, status });
});

test.each(["null", "7", "[]"])("metrics whose answer of 200 is %s are posted", async (body) => {
  expect(await postMetrics(answering(200, body), points(), place, AT)).toMatchObject({ outcome: "posted" });
});
