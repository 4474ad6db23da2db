import { describe, expect, test } from "vitest";
import { runProgram } from "../../../../../src/cli/program.ts";
import type { Transport } from "../../../../../src/clients/http/transport.ts";
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

  test("warns and asks first, and after a no the rotation goes on", async () => {
    const { w, functionId, id, ended } = await rotating();
    const given = { answers: ["n"], environment: { NO_COLOR: "1" } };
    const run = await w.runWith(given, "schedule", "cancel-rotation", id);
    await ended;
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    const lines = run.stderr.split("\n").filter((line) => !line.startsWith("as profile "));
    expect(lines).toEqual([
      "warning: cancelling a rotation also switches its schedule off; this command restores it. If it is interrupted, run:",
      `  oci-rotate schedule set ${id} --every 30d --function ${functionId}`,
      "Cancel the rotation in progress? [y/N] error: the rotation goes on.",
      "next:  nothing.",
      "",
    ]);
    expectOnlyReads(run);
  });

  test("tells at a terminal how to clear what the rotation left", async () => {
    const { w, id, ended } = await rotating();
    const given = { answers: ["y"], environment: { NO_COLOR: "1" } };
    const run = await w.runWith(given, "schedule", "cancel-rotation", id);
    await ended;
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(`to finish or clear what the rotation left: oci-rotate heal ${id}\n`);
    expect(run.stderr).not.toContain("was lost");
    expect(run.stdout).toMatch(/^schedule +every 30 days$/m);
  });

  test("of a rotation that is being cancelled already it says so, sends nothing, and ends with 4", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    w.emulator.admin.rotate(id);
    Object.assign(w.emulator.admin.secret(id).rotation ?? {}, { cancelled: true });
    const run = await w.run("schedule", "cancel-rotation", id, "--json");
    expect(run).toMatchObject({
      exitCode: 4,
      stderr: "warning: the rotation is being cancelled already; nothing was sent\n",
    });
    expect(run.json()).toMatchObject({ changed: false, status: "CANCELLING" });
    expectOnlyReads(run);
  });

  test.each([
    ["no interval in days", { rotationInterval: "PT12H" }],
    ["another target than a function", { targetSystemDetails: { targetSystemType: "ADB" } }],
  ])("cancels nothing that it could not put back: %s", async (_what, config) => {
    const w = await cli();
    const { id } = await scheduled(w);
    const secret = w.emulator.admin.secret(id);
    w.emulator.admin.rotate(id);
    Object.assign(secret.rotationConfig ?? {}, config);
    const run = await w.run("schedule", "cancel-rotation", id, "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe(
      `error: the schedule's target is not a function, or its interval is not in days; cancelling would switch it off, and this command could not restore it; nothing was done.
next:  cancel the rotation in the console, and set the schedule again there.
`,
    );
    expectOnlyReads(run);
  });

  test("stops a rotation by hand of a secret without a schedule, and sets none", async () => {
    const { w, id, ended } = await rotating();
    Object.assign(configOf(w, id) ?? {}, { isScheduledRotationEnabled: false });
    const run = await w.run("schedule", "cancel-rotation", id, "--yes", "--json");
    await ended;
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.json()).toMatchObject({ changed: true, scheduled: false, everyDays: 30 });
    expect(writes(run.requests)).toEqual(["cancel-secret-rotation"]);
  });

  test("waits at most seven minutes for the rotation to stop, then names the command that is left to run", async () => {
    const { w, functionId, id, ended } = await rotating();
    const transport: Transport = async (request) => {
      const response = await w.emulator.transport(request);
      if (!request.url.includes(`/secrets/${id}`) || request.method !== "GET") return response;
      return {
        ...response,
        body: response.body.replace(/"rotationStatus":"[A-Z_]+"/, '"rotationStatus":"IN_PROGRESS"'),
      };
    };
    const began = w.clock.monotonic();
    const run = await w.runWith({ transport }, "schedule", "cancel-rotation", id, "--yes");
    await ended;
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(`error: the rotation has not stopped after 7 minutes; the schedule is off, or will be.
next:  wait until schedule show no longer says CANCELLING, then run oci-rotate schedule set ${id} --every 30d --function ${functionId}.
`);
    expect((w.clock.monotonic() - began) / 60_000).toBeCloseTo(7, 0);
  });
});
