import { describe, expect, test } from "vitest";
import { createHandler } from "../../src/rotation/handler.ts";
import { drive } from "../prove/drive.ts";
import { noFigures } from "../prove/figures.ts";
import { judgeLiveness } from "../prove/liveness.ts";
import { livenessFailuresOf } from "../prove/report.ts";
import { parseSchedule } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import { runWalks } from "../prove/walks.ts";
import type { Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: true, authority: true, requireWayBack: true };
const OCI_IAM = "clear,live,alone,honoured,deprecates,fresh";
const UAA = "uaa,empty,die,alone,honoured,deprecates,fresh";
const KEYCLOAK_POLICY = "keycloak-policy,empty,live,alone,honoured,deprecates,fresh";
const REQUIRED = "clear,die,alone,honoured,deprecates,fresh,required";

silenceSdk();

/** What is said of a rotation of this subject without any fault. */
async function judged(subject: Subject, run: string): Promise<readonly string[]> {
  const schedule = parseSchedule(`${run}/heal-later/-/-`);
  return judgeLiveness(
    await drive(schedule, { setup: prepare(schedule.combination, SEED), subject, support, base: null }),
  );
}

/** The product with settings of its own. */
const set =
  (settings: Readonly<Record<string, string>>): Subject =>
  (dependencies) =>
    createHandler({ ...dependencies, environment: { ...dependencies.environment, ...settings } });

const paused = set({ OROT_PAUSED: "true" });

/** Answers that all is well, and does nothing. */
const idle: Subject = () => () =>
  Promise.resolve({ responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: 1 });

/** The product, but for its answers: each is 200. */
const pleased =
  (subject: Subject): Subject =>
  (dependencies) => {
    const handler = subject(dependencies);
    return async (...call) => ({ ...(await handler(...call)), responseCode: 200 });
  };

describe("without any fault", () => {
  test.each([
    `${OCI_IAM}/whole`,
    `${OCI_IAM}/four-steps`,
    "clear,live,alone,honoured,refuses,stale/four-steps",
    `${UAA}/whole`,
    `${UAA}/retire`,
    `${KEYCLOAK_POLICY}/whole`,
    `${KEYCLOAK_POLICY}/compromised`,
    `${REQUIRED}/whole`,
  ])("the product rotates: %s", async (run) => {
    expect(await judged(createHandler, run)).toEqual([]);
  });

  test("a product that is paused for ever is found", async () => {
    const problems = await judged(paused, `${OCI_IAM}/whole`);
    expect(problems).toContain("without any fault: CURRENT has no new value");
    expect(problems).toContain("without any fault: the old value still works");
    expect(problems[0]).toMatch(/^without any fault: it ended with 409/);
  });

  test("one that is paused and answers 200 is found", async () => {
    expect(await judged(pleased(paused), `${OCI_IAM}/whole`)).toContain("without any fault: CURRENT has no new value");
  });

  test("one that does nothing and says that all is well is found", async () => {
    expect(await judged(idle, `${OCI_IAM}/four-steps`)).toEqual([
      "without any fault: CURRENT has no new value",
      "without any fault: the old value still works",
      "without any fault: it took 0 remote calls, and needs 21",
    ]);
  });

  test("an old value that works on although its grace is over is found", async () => {
    expect(await judged(set({ OROT_GRACE_HOURS: "48" }), `${UAA}/whole`)).toEqual([
      "without any fault: the old value still works",
    ]);
  });

  test("where a way back is required and none is, rotating all the same is found", async () => {
    expect(await judged(set({ OROT_REQUIRE_WAY_BACK: "false" }), `${REQUIRED}/whole`)).toEqual([
      "it did not refuse a rotation without a way back",
    ]);
  });
});

test("after each walk a rotation must rotate, and a paused product does not", async () => {
  const figures = noFigures();
  await runWalks({ seed: SEED, from: 0, to: 5 }, createHandler, figures);
  expect(figures).toMatchObject({ walksFailed: 0, quiet: 5, quietRotated: 5 });
  const still = noFigures();
  await runWalks({ seed: SEED, from: 0, to: 2 }, pleased(paused), still);
  expect(still.quiet).toBeGreaterThan(0);
  expect(still.quietRotated).toBe(0);
  expect(still.walksFailed).toBe(2);
});

test("a run without such rotations, or with one that does not rotate, fails", () => {
  expect(livenessFailuresOf({ units: 3, rotations: 3 })).toEqual([]);
  expect(livenessFailuresOf({ units: 3, rotations: 2 })).toHaveLength(1);
  expect(livenessFailuresOf({ units: 0, rotations: 0 })).toHaveLength(1);
});
