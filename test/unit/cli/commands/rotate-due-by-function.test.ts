import { describe, expect, test } from "vitest";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import {
  answerFailing,
  answeringFunction,
  answerOk,
  DAY_MS,
  FLEET_COMPARTMENT,
  fleetIn,
  ROTATED,
  standOf,
  UNTOUCHED,
} from "../../../support/cli-fleet.ts";

const cli = useCli();
const nothing = { rotated: 0, notDue: 0, busy: 0, failed: 0, remaining: 0 };
const ok = answerOk;
const failing = answerFailing("rotate-due-failed");

async function answering(answers: readonly object[]) {
  const w = await cli();
  const { functionId, events } = answeringFunction(w, answers, { ...ok, ...nothing });
  const rotate = (words: readonly string[] = [], more: Parameters<CliWorld["runWith"]>[0] = {}) =>
    w.runWith(more, "rotate", "--all-due", "--function", functionId, "--yes", ...words);
  return { rotate, events };
}

describe("oci-rotate rotate --all-due --function", () => {
  test("has the function rotate what is due in the compartments of its own settings", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 4, 9);
    w.environment["OROT_HEAL_COMPARTMENT_IDS"] = FLEET_COMPARTMENT;
    w.environment["FN_FN_ID"] = fleet.functionId;
    await w.clock.sleep(DAY_MS / 24);
    const words = ["rotate", "--all-due", "--function", fleet.functionId, "--within", "4d", "--yes"];
    const run = await w.run(...words);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe("2 rotated, 0 not due, 0 busy, 0 failed, 0 left.\n");
    expect([0, 1, 2, 3].map((at) => standOf(w, fleet, at))).toEqual([ROTATED, ROTATED, UNTOUCHED, UNTOUCHED]);
  });

  test("follows the cursor of each answer until there is none, and adds up what all calls did", async () => {
    const { rotate, events } = await answering([
      { ...failing, ...nothing, rotated: 2, failed: 1, remaining: 7, cursor: "d1.one" },
      { ...ok, ...nothing, rotated: 4, notDue: 1, remaining: 2, cursor: "d1.two" },
      { ...ok, ...nothing, rotated: 1, busy: 1 },
    ]);
    const run = await rotate(["--within", "7d", "--max-age", "80d", "--json"]);
    const event = { action: "rotate-due", within: "7d", maxAge: "80d" };
    expect(events).toEqual([event, { ...event, cursor: "d1.one" }, { ...event, cursor: "d1.two" }]);
    expect(run.json()).toEqual({
      ...{ rotated: 7, notDue: 1, busy: 1, failed: 1, remaining: 0, calls: 3 },
      what: "7 rotated, 1 not due, 1 busy, 1 failed, 0 left",
      next: "read the log lines rotate-due-failed",
    });
    expect(run.exitCode).toBe(1);
  });

  test("leaves the age to the function's own setting", async () => {
    const { rotate, events } = await answering([]);
    expect((await rotate()).exitCode).toBe(0);
    expect(events).toEqual([{ action: "rotate-due", within: "0d" }]);
  });

  test.each([
    ["a call that got nothing done", {}, 2],
    ["an interruption", { signal: AbortSignal.abort() }, 1],
  ])("sends no cursor after %s, and exits with 4", async (_, more, calls) => {
    const { rotate, events } = await answering([
      { ...ok, ...nothing, rotated: 1, remaining: 2, cursor: "d1.one" },
      { ...ok, ...nothing, remaining: 2, cursor: "d1.one" },
    ]);
    const run = await rotate(["--json"], more);
    expect(events).toHaveLength(calls);
    expect(run.json()).toMatchObject({ rotated: 1, remaining: 2, next: "run the same command again in a few minutes" });
    expect(run.exitCode).toBe(4);
  });

  test("exits with 4 where another run is at work", async () => {
    const { rotate } = await answering([{ ...ok, ...nothing, rotated: 3, busy: 1 }]);
    expect((await rotate()).exitCode).toBe(4);
  });

  test("shows at a terminal how far it is", async () => {
    const { rotate } = await answering([
      { ...ok, ...nothing, rotated: 3, remaining: 5, cursor: "d1.one" },
      { ...ok, ...nothing, rotated: 5 },
    ]);
    const run = await rotate([], { answers: [] });
    expect(run.stderr).toContain("3 of 8 secrets had their turn");
  });

  test("is not sent with a rate, which is the function's own", async () => {
    const { rotate, events } = await answering([]);
    const run = await rotate(["--rate", "10"]);
    expect(run.exitCode).toBe(2);
    expect(events).toEqual([]);
  });

  test("says what the function could not begin with", async () => {
    const w = await cli();
    const run = await w.run("rotate", "--all-due", "--function", w.deploy(), "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("OROT_HEAL_COMPARTMENT_IDS");
  });
});
