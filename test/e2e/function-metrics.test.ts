import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastPosted, METRICS } from "../support/metrics.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

describe("the metrics of the built function", () => {
  let image: Image;
  let cloud: Cloud;
  beforeAll(async () => {
    image = openImage();
    cloud = await openCloud();
  });
  afterAll(async () => {
    await cloud.close();
    await image.remove();
  });
  const measuring = () => ({ ...cloud.environment(), ...METRICS, OROT_MONITORING_ENDPOINT: cloud.url });
  /** The answer to one event, what it sent, and what was logged of the post. */
  const invoke = async (environment: Record<string, string>) => {
    cloud.calls();
    const fn = await startFunction(image, environment);
    const { json } = await fn.call({ secretId: cloud.secretId, action: "check" });
    const { stdout } = await fn.stop();
    const log = stdout.map((line): Record<string, unknown> => JSON.parse(line));
    return { json, calls: cloud.calls(), failures: log.filter(({ event }) => event === "metrics-not-posted") };
  };

  it("are posted once, signed by its principal, after all else", async () => {
    const { json, calls, failures } = await invoke(measuring());
    expect(json["responseCode"]).toBe(200);
    expect(calls.filter((call) => call === "post-metric-data")).toHaveLength(1);
    expect(calls.at(-1)).toBe("post-metric-data");
    expect(failures).toEqual([]);
    expect(lastPosted(cloud)).toEqual({ "Calls CHECK OK ok": 1 });
  });

  it("are not posted without a namespace", async () => {
    const { calls } = await invoke(cloud.environment());
    expect(calls).not.toContain("post-metric-data");
  });

  it("hold up an answer for two seconds if nobody takes them", async () => {
    cloud.emulator.faults.add({ call: "post-metric-data", kind: "too-slow" });
    const { json, failures } = await invoke(measuring());
    expect(json["responseCode"]).toBe(200);
    expect(failures).toMatchObject([{ outcome: "no-answer", status: null, points: 1 }]);
  });
});
