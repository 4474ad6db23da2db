import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const METRICS = "/20180401/metrics";
const compartmentId = "ocid1.compartment.oc1..emulatedcompartment";
const MINUTE_MS = 60_000;

/** An emulator, and one metric object as it takes it. */
function rig() {
  const { send, clock, emulator } = setUp();
  const timestampAt = (ms: number) => new Date(clock.now() + ms).toISOString();
  const metric = (changes: object = {}) => ({
    namespace: "ocirotate",
    compartmentId,
    name: "Calls",
    dimensions: { resourceId: "f" },
    datapoints: [{ timestamp: timestampAt(0), value: 1 }],
    ...changes,
  });
  const post = (metricData: unknown, more: object = {}) => send("POST", METRICS, { metricData, ...more });
  return { send, emulator, timestampAt, metric, post };
}

describe("PostMetricData", () => {
  it("takes metrics, which the state keeps and a list names", async () => {
    const { send, emulator, metric, post } = rig();
    const { datapoints, ...listed } = metric();
    const answer = await post([metric(), metric({ name: "Runs" })]);
    expect(answer).toMatchObject({ status: 200, json: { failedMetricsCount: 0, failedMetrics: [] } });
    expect(emulator.admin.metrics()).toMatchObject([{ name: "Calls", datapoints }, { name: "Runs" }]);
    await post([metric()]);
    const list = (body: object) => send("POST", `${METRICS}/actions/listMetrics?compartmentId=${compartmentId}`, body);
    expect((await list({})).list).toEqual([listed, { ...listed, name: "Runs" }]);
    expect((await list({ namespace: "ocirotate", name: "Calls" })).list).toEqual([listed]);
    expect((await list({ namespace: "another" })).list).toEqual([]);
    expect(emulator.requests.map(({ call }) => call).slice(0, 3)).toEqual([
      "post-metric-data",
      "post-metric-data",
      "list-metrics",
    ]);
  });

  it("keeps what was sent of a metric: its group, and of each point time, value and count", async () => {
    const { emulator, metric, post, timestampAt } = rig();
    const datapoints = [
      { timestamp: timestampAt(0), value: 2.5, count: 3 },
      { timestamp: timestampAt(-MINUTE_MS), value: 0 },
    ];
    const sent = metric({ resourceGroup: "rotator", datapoints, dimensions: { resourceId: "f", step: "HEAL_ALL" } });
    expect((await post([sent])).status).toBe(200);
    expect(emulator.admin.metrics()).toEqual([sent]);
  });

  it.each([
    ["namespace begins with a prefix", { namespace: "oci_rotate" }],
    ["namespace begins with a prefix", { namespace: "oracle_rotate" }],
    ["namespace is no valid", { namespace: "1rotate" }],
    ["name is no valid", { name: "two words" }],
    ["dimensions has not 1 to 20", { dimensions: {} }],
    [
      "dimensions has not 1 to 20",
      { dimensions: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`d${n}`, "v"])) },
    ],
    ["dimensions has a key", { dimensions: { "two words": "v" } }],
    ["dimensions has a key", { dimensions: { ["k".repeat(257)]: "v" } }],
    ["dimensions has a value", { dimensions: { key: "" } }],
    ["dimensions has a value", { dimensions: { key: "v".repeat(513) } }],
    ["dimensions missing", { dimensions: undefined }],
    ["datapoints is empty", { datapoints: [] }],
    ["unit is not a member", { unit: "ms" }],
  ])("refuses: %s", async (why, changes) => {
    const { emulator, metric, post } = rig();
    const { status, json } = await post([metric(changes)]);
    expect(status).toBe(400);
    expect(String(json["message"])).toContain(why);
    expect(emulator.state.metrics).toEqual([]);
  });

  it.each([
    [-119, 1, 200],
    [-120, 1, 400],
    [9, 1, 200],
    [10, 1, 400],
    [0, "1", 400],
    [0, null, 400],
  ])("judges a point that is %i minutes from now with the value %j", async (minutes, value, status) => {
    const { metric, post, timestampAt } = rig();
    const answer = await post([metric({ datapoints: [{ timestamp: timestampAt(minutes * MINUTE_MS), value }] })]);
    expect(answer.status).toBe(status);
  });

  it("takes what is right of a batch and names the rest, unless the batch is atomic", async () => {
    const { emulator, metric, post } = rig();
    const batch = [metric(), metric({ name: "" })];
    expect((await post(batch, { batchAtomicity: "ATOMIC" })).status).toBe(400);
    expect(emulator.state.metrics).toEqual([]);
    const answer = await post(batch);
    expect(answer.json).toMatchObject({ failedMetricsCount: 1, failedMetrics: [{ metricData: { name: "" } }] });
    expect(emulator.admin.metrics()).toMatchObject([{ name: "Calls" }]);
  });

  it("takes 50 streams in a request, and no more", async () => {
    const { metric, post } = rig();
    const streams = (count: number) =>
      Array.from({ length: count }, (_, n) => metric({ dimensions: { n: String(n) } }));
    expect((await post([...streams(50), ...streams(50)])).status).toBe(200);
    expect((await post(streams(51))).status).toBe(400);
  });

  it("answers 404 for a compartment that does not exist, and 501 for what is not emulated", async () => {
    const { send, metric, post } = rig();
    expect((await post([metric({ compartmentId: "ocid1.compartment.oc1..other" })])).status).toBe(404);
    const { status, json } = await send("POST", `${METRICS}/actions/summarizeMetricsData`, {});
    expect(status).toBe(501);
    expect(String(json["message"])).toContain("SummarizeMetricsData");
  });
});
