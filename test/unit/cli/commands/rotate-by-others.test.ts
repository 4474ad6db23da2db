import { describe, expect, test } from "vitest";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { DAY_MS, fleetIn, ROTATED, standOf } from "../../../support/cli-fleet.ts";

const cli = useCli();

describe("oci-rotate rotate, by others", () => {
  test("calls the function where it is named", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const run = await w.run("rotate", w.secretId, "--function", functionId, "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ rotated: 1, secrets: [{ via: "function", versionNo: 3 }] });
    expect(w.currentVerdict()).toBe("accepted");
    expect(run.requests.filter(({ call }) => call === "invoke-function")).toHaveLength(1);
  });

  test("asks for the function where none is known", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, "--yes");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("name one with --function");
  });

  test("does not rotate twice where the function's answer was lost", async () => {
    const w = await cli();
    const functionId = w.deploy();
    w.emulator.faults.add({ call: "invoke-function", kind: "answer-lost" });
    const run = await w.run("rotate", w.secretId, "--function", functionId, "--yes", "--json");
    expect(run.json()).toMatchObject({ rotated: 1, failed: 0 });
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  /** As Vault does it: what RotateSecret has accepted is run through the function. */
  const withVault = async (w: CliWorld) => {
    const fleet = fleetIn(w, 1, 30);
    w.emulator.admin.secret(fleet.secretIds[0] ?? "").nextRotationAt = w.clock.now() + 30 * DAY_MS;
    await w.clock.sleep(DAY_MS);
    const { invoke } = w.emulator;
    if (invoke === undefined) throw new Error("no function is deployed");
    const scheduler = createScheduler({ emulator: w.emulator, invoke });
    return { ...fleet, secretId: fleet.secretIds[0] ?? "", scheduler };
  };

  test("has Vault rotate what is set up for it, and follows the work request to its end", async () => {
    const w = await cli();
    const fleet = await withVault(w);
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes", "--json");
    await fleet.scheduler.stop();
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ rotated: 1, secrets: [{ via: "vault", versionNo: 3 }] });
    expect(standOf(w, fleet, 0)).toBe(ROTATED);
    expect(run.requests.some(({ call }) => call === "get-work-request")).toBe(true);
  });

  test("follows by the secret alone where the Work Requests service knows nothing", async () => {
    const w = await cli({ switches: { "work-requests": "absent" } });
    const fleet = await withVault(w);
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes", "--json");
    await fleet.scheduler.stop();
    expect(run.json()).toMatchObject({ rotated: 1, secrets: [{ versionNo: 3 }] });
  });

  test("begins no second rotation beside one in progress, and follows that", async () => {
    const w = await cli();
    const fleet = await withVault(w);
    w.emulator.admin.rotate(fleet.secretId);
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes", "--json");
    await fleet.scheduler.stop();
    expect(run.json()).toMatchObject({ rotated: 1 });
    expect(run.requests.filter(({ call }) => call === "rotate-secret")).toEqual([]);
    expect(standOf(w, fleet, 0)).toBe(ROTATED);
  });

  test("says how Vault's rotation ended where it failed, and where to look", async () => {
    const w = await cli();
    const fleet = await withVault(w);
    const stored = w.emulator.admin.app(fleet.clientIds[0] ?? "");
    stored.accepted = [];
    fleet.scheduler.start();
    const run = await w.run("rotate", fleet.secretId, "--yes");
    await fleet.scheduler.stop();
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain("ROTATION_FAILED: Vault's rotation ended as FAILED");
    expect(run.stdout).toContain(`next: run oci-rotate status ${fleet.secretId}`);
  });
});
