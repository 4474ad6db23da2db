import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/run.ts";
import { catalogueTexts, isErrorCode } from "../../src/base/errors.ts";
import { type Metric, metrics, type Step, SUCCESSES } from "../../src/base/tally.ts";
import { createFleet } from "../support/fleet.ts";
import { fires, meansValue, parseQuery } from "../support/metric-queries.ts";
import { METRICS } from "../support/metrics.ts";
import { useWorlds } from "../support/worlds.ts";

const world = useWorlds();

const FEWEST_SLOTS = "6";
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** The alarms on the function's own metrics, as Terraform makes them; FUNCTION stands for its OCID. */
function alarmsOfTerraform(): Record<string, string> {
  const rows = read("deploy/terraform/modules/rotator/alarms.tf").matchAll(
    /^ {4}([\w-]+) += \{ severity = "[A-Z]+", query = "(.*)" \}$/gm,
  );
  const filled = (text: string) =>
    text
      .replaceAll(`\${local.mine}`, 'resourceId = "FUNCTION"')
      .replaceAll(`\${local.heartbeat}`, "HEAL_ALL_BY_SCHEDULE")
      .replaceAll(`\${var.fewest_version_slots}`, FEWEST_SLOTS)
      .replaceAll('\\"', '"');
  return Object.fromEntries([...rows].map(([, name = "", query = ""]) => [name, filled(query)]));
}

/** The lines of a part of docs/watching.md, which begin with a name. */
function queriesOfPage(part: string): [name: string, query: string][] {
  const [, block = ""] =
    new RegExp(`<!-- ${part}:begin -->\\n\`\`\`text\\n([\\s\\S]*?)\`\`\``).exec(read("docs/watching.md")) ?? [];
  return block
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [, name = "", query = ""] = /^(.*?) *(?<![^ ])([A-Z]\w+\[.*)$/.exec(line) ?? [];
      return [name, query];
    });
}

const alarms = alarmsOfTerraform();
const dashboard = queriesOfPage("dashboard");

test("the alarms that the page shows are those that Terraform makes", () => {
  expect(Object.keys(alarms)).toHaveLength(7);
  expect(Object.fromEntries(queriesOfPage("alarms"))).toEqual(alarms);
  expect(read("deploy/terraform/modules/rotator/variables.tf")).toContain(`default     = ${FEWEST_SLOTS}\n`);
});

/** What the function posts as each dimension. */
const steps = Object.keys({
  ...{ VERIFY_CONNECTION: 0, CREATE_PENDING_VERSION: 0, UPDATE_TARGET_SYSTEM: 0, PROMOTE_PENDING_VERSION: 0 },
  ...{ ROTATION: 0, ROTATE_DUE: 0, HEAL: 0, HEAL_ALL: 0 },
  ...{ HEAL_ALL_BY_ALARM: 0, HEAL_ALL_BY_OPERATOR: 0, HEAL_ALL_BY_SCHEDULE: 0 },
  ...{ CHECK: 0, RETIRE: 0, ROLLBACK: 0 },
  ...{ SUBSCRIBE: 0, UNSUBSCRIBE: 0, ACKNOWLEDGE: 0, SUBSCRIBERS: 0, "TEST-NOTIFICATION": 0 },
} satisfies Record<Step, 0>);
const known: Readonly<Record<string, readonly string[]>> = {
  resourceId: ["FUNCTION"],
  step: steps,
  task: ["rotation", "heal", "retire"],
  outcome: [...SUCCESSES, ...catalogueTexts.filter(isErrorCode)],
  result: ["ok", "refused", "failed"],
};

test.each([...Object.entries(alarms), ...dashboard])("%s asks for what the function posts: %s", (_name, text) => {
  const query = parseQuery(text);
  expect(Object.keys(metrics)).toContain(query.metric);
  const dimensions: readonly string[] = ["resourceId", ...metrics[query.metric as Metric].dimensions];
  for (const wanted of query.dimensions) {
    expect(dimensions).toContain(wanted.name);
    expect(
      known[wanted.name]?.some((value) => meansValue(wanted, value)),
      wanted.value,
    ).toBe(true);
  }
  for (const name of query.groupedBy) expect(dimensions).toContain(name);
  expect(query.interval).toMatch(/^(?:[1-9]|[1-5]\d|60)m$|^(?:[1-9]|1\d|2[0-4])h$|^1d$/);
  expect(["sum", "min", "max", "count", "absent", "percentile"]).toContain(query.statistic);
});

test("the page names every metric and its dimensions", () => {
  const page = read("docs/watching.md");
  for (const [name, { dimensions }] of Object.entries(metrics)) {
    const listed = dimensions.map((dimension) => `\`${dimension}\``).join(", ");
    expect(page).toContain(`| \`${name}\` | ${listed}${listed === "" ? "" : " "}|`);
  }
  expect(dashboard.length).toBeGreaterThanOrEqual(10);
});

describe("the alarms", () => {
  const fleet = (environment: Record<string, string> = {}) => createFleet(world, { ...METRICS, ...environment });
  type Fleet = Awaited<ReturnType<typeof fleet>>;
  const BY_SCHEDULE = { action: "heal", by: "schedule" };
  const alarm = { type: "OK_TO_FIRING", severity: "ERROR" };

  /** The alarms that fire by what this call posts. */
  async function firedBy(w: Fleet, event: unknown): Promise<string[]> {
    const before = w.emulator.admin.metrics().length;
    await w.call(event);
    const posted = w.emulator.admin.metrics().slice(before);
    expect(posted.length).toBeGreaterThan(0);
    const mine = (text: string) => parseQuery(text.replace("FUNCTION", w.functionId));
    return Object.keys(alarms).filter((name) => fires(mine(alarms[name] ?? ""), posted));
  }

  test("are silent after a heal by the schedule that found all well", async () => {
    const w = await fleet();
    w.make("healthy");
    expect(await firedBy(w, BY_SCHEDULE)).toEqual([]);
  });

  test("hear of a rotation that failed, and only of that", async () => {
    const w = await fleet();
    w.emulator.switches.deny = ["regenerate"];
    expect(await firedBy(w, { secretId: w.secretId })).toEqual(["failed", "no-heal"]);
  });

  test("hear of a client that is locked out, whoever found it, and a heal that they caused starts no failed rotation", async () => {
    const w = await fleet();
    w.make("failed");
    expect(await firedBy(w, BY_SCHEDULE)).toEqual(["locked-out", "unhealthy"]);
    expect(await firedBy(w, alarm)).toEqual(["locked-out", "unhealthy", "no-heal"]);
  });

  test("miss the schedule's heal, however often alarms and operators heal", async () => {
    const w = await fleet();
    const { id } = w.make("healthy");
    const others = [
      alarm,
      { action: "heal" },
      { action: "heal", by: "operator" },
      { action: "heal", secretId: id },
      { action: "rotate-due" },
    ];
    for (const event of others) expect(await firedBy(w, event)).toEqual(["no-heal"]);
  });

  test("hear of a rotation that should have been, of few free slots, and of notifications that did not arrive", async () => {
    const w = await fleet({ OROT_NOTIFY_TOPIC_ID: "ocid1.onstopic.oc1.iad.t" });
    const { id } = w.make("healthy");
    w.emulator.admin.secret(id).nextRotationAt = w.clock.now() - 86_400_000;
    w.emulator.switches.deny = ["publish-message", "schedule-version-deletion"];
    await w.call({ secretId: id });
    for (let rotation = 0; rotation < 12; rotation++) {
      await w.clock.sleep(600_000);
      await w.call({ secretId: id });
    }
    w.emulator.admin.secret(id).nextRotationAt = w.clock.now() - 86_400_000;
    expect(await firedBy(w, BY_SCHEDULE)).toEqual(["overdue", "slots", "undelivered"]);
  });

  test("are not called by a pause, by another run at work, or by a request that is refused", async () => {
    const w = await fleet({ OROT_PAUSED: "true" });
    const { id } = w.make("busy");
    expect(await firedBy(w, { secretId: w.secretId })).toEqual(["no-heal"]);
    expect(await firedBy(w, { action: "heal", secretId: id })).toEqual(["no-heal"]);
    expect(await firedBy(w, { action: "rollback", secretId: w.secretId })).toEqual(["no-heal"]);
  });
});
