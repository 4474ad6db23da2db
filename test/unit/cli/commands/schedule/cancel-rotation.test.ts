import { describe, expect, test } from "vitest";
import { runProgram } from "../../../../../src/cli/program.ts";
import { createScheduler } from "../../../../../src/emulator/vault/scheduler.ts";
import { expectOnlyReads, useCli } from "../../../../support/cli.ts";
import { configOf, scheduled, writes } from "./schedule-world.ts";

const cli = useCli();

/** The command that a warning told, as words. */
const toldCommand = (stderr: string): string[] =>
  (/oci-rotate (schedule set .+)$/m.exec(stderr)?.[1] ?? "nothing was told").split(" ");
describe("oci-rotate schedule cancel-rotation", () => {
  /** A rotation whose function takes its time, in the hands of Vault's scheduler. */
  async function rotating() {
    const w = await cli();
    const { functionId, id } = await scheduled(w);
    const scheduler = createScheduler({
      emulator: w.emulator,
      invoke: async () => {
        await w.clock.sleep(20_000);
        return {
          status: 200,
          body: JSON.stringify({ responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: 1 }),
        };
      },
    });
    w.emulator.admin.rotate(id);
    return { w, functionId, id, ended: scheduler.runDue() };
  }

  test("stops the rotation, and puts back the schedule that this switched off", async () => {
    const { w, functionId, id, ended } = await rotating();
    const run = await w.run("schedule", "cancel-rotation", id, "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect((await ended).map(({ status }) => status)).toEqual(["CANCELED"]);
    expect(run.json()).toMatchObject({ scheduled: true, everyDays: 30, functionId, status: "SCHEDULED" });
    expect(w.emulator.admin.secret(id).nextRotationAt).not.toBeNull();
    expect(writes(run.requests)).toEqual(["cancel-secret-rotation", "update-metadata"]);
    expect(run.stderr).toContain("cancelling a rotation also switches its schedule off");
  });

  test("killed right after the cancellation it has told beforehand the command that puts the schedule back", async () => {
    const { w, id, ended } = await rotating();
    w.emulator.faults.add({ call: "cancel-secret-rotation", kind: "killed-after", count: 1 });
    const killed = new Promise<void>((resolve) => {
      w.emulator.onKill = () => resolve();
    });
    const written = { stdout: "", stderr: "" };
    const { transport } = w.emulator.startCaller("killed");
    void runProgram(w.runtime({ transport }, written), ["schedule", "cancel-rotation", id, "--yes"]);
    await killed;
    await ended;
    expect(configOf(w, id)?.isScheduledRotationEnabled).toBe(false);
    const restored = await w.run(...toldCommand(written.stderr));
    expect(restored.exitCode).toBe(0);
    expect(configOf(w, id)).toMatchObject({ rotationInterval: "P30D", isScheduledRotationEnabled: true });
  });

  test("puts the schedule back where the answer to the cancellation was lost", async () => {
    const { w, id, ended } = await rotating();
    w.emulator.faults.add({ call: "cancel-secret-rotation", kind: "answer-lost", count: 1 });
    const run = await w.run("schedule", "cancel-rotation", id, "--yes");
    await ended;
    expect(run.exitCode).toBe(0);
    expect(configOf(w, id)?.isScheduledRotationEnabled).toBe(true);
    expect(run.stderr).toContain("the answer to the cancellation was lost");
  });

  test("leaves the schedule alone where the cancellation was refused", async () => {
    const { w, id, ended } = await rotating();
    w.emulator.faults.add({ call: "cancel-secret-rotation", kind: "client-error", count: 1 });
    const run = await w.run("schedule", "cancel-rotation", id, "--yes");
    await ended;
    expect(run.exitCode).toBe(1);
    expect(writes(run.requests)).toEqual(["cancel-secret-rotation"]);
    expect(configOf(w, id)?.isScheduledRotationEnabled).toBe(true);
  });

  test("sends nothing where no rotation is in progress, for the schedule would be lost for nothing", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const run = await w.run("schedule", "cancel-rotation", id, "--yes");
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("no rotation is in progress; nothing was sent");
    expectOnlyReads(run);
  });

  test("asks first", async () => {
    const { w, id, ended } = await rotating();
    const run = await w.runWith({ answers: ["n"] }, "schedule", "cancel-rotation", id);
    await ended;
    expect(run.exitCode).toBe(1);
    expectOnlyReads(run);
  });
});
