import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../../../support/cli.ts";
import { configOf, scheduled, writes } from "./schedule-world.ts";

const cli = useCli();

describe("oci-rotate schedule remove", () => {
  test("asks, then switches the schedule off and keeps function and interval", async () => {
    const w = await cli();
    const { functionId, id } = await scheduled(w);
    const given = { answers: ["n"], environment: { NO_COLOR: "1" } };
    const kept = await w.runWith(given, "schedule", "remove", id);
    expect(kept).toMatchObject({ exitCode: 1, stdout: "" });
    expect(kept.stderr).toContain(
      "Switch the rotation schedule of this secret off? [y/N] error: the schedule was not changed.\nnext:  nothing.\n",
    );
    expect(configOf(w, id)?.isScheduledRotationEnabled).toBe(true);
    const run = await w.runWith({ answers: ["y"] }, "schedule", "remove", id);
    expect(run.exitCode).toBe(0);
    expect(configOf(w, id)).toEqual({
      rotationInterval: "P30D",
      isScheduledRotationEnabled: false,
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
    });
    const restore = `oci-rotate schedule set ${id} --every 30d --function ${functionId}`;
    expect(run.stdout).toMatch(/^schedule +off \(would be every 30 days\)$/m);
    expect(run.stdout).toContain(`switch on      ${restore}\n`);
    expect(run.stderr).toContain(`to switch it on again: ${restore}`);
  });

  test("does nothing in a script without --yes", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const run = await w.run("schedule", "remove", id);
    expect(run.exitCode).toBe(2);
    expect(writes(run.requests)).toEqual([]);
  });

  test("sends nothing where no schedule is on", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const first = await w.run("schedule", "remove", id, "--yes", "--json");
    expect(first.json()).toMatchObject({ changed: true, scheduled: false, everyDays: 30, nextRotation: null });
    const run = await w.runWith({ answers: [], environment: { NO_COLOR: "1" } }, "schedule", "remove", id);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain("there is no schedule to switch off");
    expectOnlyReads(run);
    expect((await w.run("schedule", "remove", id, "--json")).json()).toMatchObject({
      changed: false,
      scheduled: false,
    });
  });

  test("leaves a schedule alone whose target it could not write back", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    Object.assign(configOf(w, id) ?? {}, { targetSystemDetails: { targetSystemType: "ADB" } });
    const run = await w.run("schedule", "remove", id, "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(
      run.stderr,
    ).toBe(`error: the schedule's target is not a function; this command cannot write such a configuration.
next:  switch it off in the console.
`);
    expectOnlyReads(run);
  });
});
