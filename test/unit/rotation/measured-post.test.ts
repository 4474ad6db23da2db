import { describe, expect, test } from "vitest";
import { success } from "../../../src/base/answer.ts";
import { RotationError } from "../../../src/base/errors.ts";
import { createLog } from "../../../src/base/log.ts";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import { createTally } from "../../../src/base/tally.ts";
import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";
import type { Answer } from "../../../src/rotation/answer.ts";
import { type Measuring, measured, noteRun } from "../../../src/rotation/measured.ts";
import { expectFailure } from "../../support/failures.ts";
import { createInstantClock, type InstantClock } from "../../support/instant-clock.ts";
import { METRICS } from "../../support/metrics.ts";

const FUNCTION = "ocid1.fnfunc.oc1..f";
const BUDGET_MS = 280_000;
const MARGIN_MS = 5_000;
/** Nothing is sent in the last second before the platform kills the function. */
const ENDS_MS = BUDGET_MS + MARGIN_MS - 1_000;

const ok = success("OK", "it is done", 7);
const answers: HttpResponse = { status: 200, headers: {}, body: "{}" };

interface Setting {
  readonly environment?: Readonly<Record<string, string>>;
  readonly deadline?: (clock: InstantClock) => Date;
  readonly more?: Partial<Measuring>;
  readonly answer?: HttpResponse;
}

/** One call, measured by a function that OCI Monitoring answers so. */
function measuring({ environment = METRICS, deadline, more, answer = answers }: Setting = {}) {
  const clock = createInstantClock();
  const lines: Record<string, unknown>[] = [];
  const sent: HttpRequest[] = [];
  const settings = parseSettings({
    ...environment,
    OROT_BUDGET_SECONDS: String(BUDGET_MS / 1000),
    OROT_DEADLINE_MARGIN_SECONDS: String(MARGIN_MS / 1000),
  });
  const transport = async (request: HttpRequest) => {
    sent.push(request);
    return answer;
  };
  const all: Measuring = {
    clock,
    settings,
    deadline: deadline?.(clock) ?? null,
    log: createLog((line) => lines.push(JSON.parse(line)), clock, false),
    functionId: FUNCTION,
    vaultAccess: () => ({
      transport,
      signer: { signHttpRequest: async () => undefined },
      vaultEndpoint: "https://vault.example",
      secretsEndpoint: "https://secrets.example",
      monitoringEndpoint: "https://monitoring.example",
    }),
    ...more,
  };
  return {
    clock,
    lines,
    sent,
    run: (call: () => Promise<Answer>) => measured(all, "ROTATION", call),
    /** A call that takes so long and ends well. */
    taking: (ms: number) =>
      measured(all, "ROTATION", async () => {
        clock.advance(ms);
        return ok;
      }),
  };
}

const metricsIn = ([request]: readonly HttpRequest[]): unknown[] => JSON.parse(request?.body ?? "{}").metricData;

describe("what a call counted", () => {
  test("is posted once, when all else is done, under the function's name", async () => {
    const m = measuring();
    expect(await m.taking(3_000)).toBe(ok);
    expect(m.sent).toMatchObject([{ method: "POST", url: "https://monitoring.example/20180401/metrics" }]);
    expect(m.sent[0]?.deadline).toBe(m.clock.monotonic() + 2_000);
    const dimensions = { resourceId: FUNCTION, step: "ROTATION", outcome: "OK", result: "ok" };
    const datapoints = [{ timestamp: "2026-01-01T00:00:03.000Z", value: 1 }];
    expect(metricsIn(m.sent)).toEqual([
      {
        namespace: METRICS.OROT_METRIC_NAMESPACE,
        compartmentId: METRICS.OROT_METRIC_COMPARTMENT_ID,
        name: "Calls",
        dimensions,
        datapoints,
      },
    ]);
    expect(m.lines).toEqual([]);
  });

  test("is posted of a call that threw too, which throws the same", async () => {
    const m = measuring();
    const failure = new RotationError("PAUSED", "it is off");
    expect(await expectFailure(() => m.run(() => Promise.reject(failure)), "PAUSED")).toBe(failure);
    expect(metricsIn(m.sent)).toMatchObject([{ dimensions: { outcome: "PAUSED", result: "refused" } }]);
  });

  test.each<[string, Setting]>([
    ["no namespace is set", { environment: {} }],
    ["this is no function", { more: { functionId: null } }],
  ])("is not posted where %s, and nothing is said of that", async (_what, setting) => {
    const m = measuring(setting);
    expect(await m.taking(1)).toBe(ok);
    expect([m.sent, m.lines]).toEqual([[], []]);
  });

  test("is not posted where there is no address for it", async () => {
    const { sent, lines, taking } = measuring({
      more: {
        vaultAccess: () => ({
          transport: () => Promise.reject(new Error("nothing is sent")),
          signer: { signHttpRequest: async () => undefined },
          vaultEndpoint: "https://vault.example",
          secretsEndpoint: "https://secrets.example",
        }),
      },
    });
    expect(await taking(1)).toBe(ok);
    expect([sent, lines]).toEqual([[], []]);
  });

  test("changes no answer by a defect in the posting, which the log names by its code", async () => {
    const m = measuring({
      more: {
        vaultAccess: () => {
          throw new RotationError("SETTINGS_INVALID", "no region");
        },
      },
    });
    expect(await m.taking(1)).toBe(ok);
    expect(m.lines).toMatchObject([
      { event: "metrics-not-posted", level: "warn", outcome: "SETTINGS_INVALID", status: null, points: 1 },
    ]);
  });

  test("of which OCI has refused some is named in the log", async () => {
    const m = measuring({ answer: { ...answers, body: JSON.stringify({ failedMetricsCount: 1 }) } });
    await m.taking(1);
    expect(m.lines).toMatchObject([{ event: "metrics-not-posted", outcome: "partly-refused", status: 200 }]);
  });
});

describe("the time for the post", () => {
  test("is what the budget and its margin leave where the platform names no deadline", async () => {
    for (const ms of [BUDGET_MS / 2, BUDGET_MS, ENDS_MS - 250]) {
      const m = measuring();
      expect(await m.taking(ms)).toBe(ok);
      expect([m.sent.length, m.lines]).toEqual([1, []]);
    }
  });

  test("is what the platform's deadline leaves where it names one", async () => {
    const deadline = (clock: InstantClock) => new Date(clock.now() + 20_000);
    const early = measuring({ deadline });
    await early.taking(18_500);
    expect(early.sent[0]?.deadline).toBe(early.clock.monotonic() + 500);
    const late = measuring({ deadline });
    await late.taking(19_000);
    expect(late.sent).toEqual([]);
  });

  test("of less than a quarter of a second is too short, and the log says so", async () => {
    const m = measuring();
    expect(await m.taking(ENDS_MS - 249)).toBe(ok);
    expect(m.sent).toEqual([]);
    expect(m.lines).toMatchObject([{ event: "metrics-not-posted", outcome: "no-time", status: null, points: 1 }]);
  });
});

describe("a run", () => {
  const noted = (...run: [name: Parameters<typeof noteRun>[1], outcome: Parameters<typeof noteRun>[2]]) => {
    const tally = createTally();
    noteRun(tally, ...run);
    return tally.points().map(({ metric, dimensions }) => [metric, ...Object.values(dimensions)].join(" "));
  };

  test("is counted once it has ended, under what it was for", () => {
    expect(noted("ROTATION", "OK")).toEqual(["Runs rotation OK ok"]);
    expect(noted("PROMOTE_PENDING_VERSION", "ALREADY_ROTATED")).toEqual(["Runs rotation ALREADY_ROTATED ok"]);
    expect(noted("HEAL", "NOTHING_TO_DO")).toEqual(["Runs heal NOTHING_TO_DO ok"]);
    expect(noted("RETIRE", "OK")).toEqual(["Runs retire OK ok"]);
  });

  test.each(["VERIFY_CONNECTION", "CREATE_PENDING_VERSION", "UPDATE_TARGET_SYSTEM"] as const)(
    "of four steps has not ended with %s, unless that failed",
    (step) => {
      for (const outcome of ["OK", "ALREADY_ROTATED", "NOTHING_TO_DO"] as const)
        expect(noted(step, outcome)).toEqual([]);
      expect(noted(step, "LOCKED_OUT")).toEqual(["Runs rotation LOCKED_OUT failed"]);
      expect(noted(step, "PAUSED")).toEqual(["Runs rotation PAUSED refused"]);
    },
  );
});
