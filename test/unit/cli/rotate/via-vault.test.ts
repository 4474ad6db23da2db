import { expect, test } from "vitest";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { shown } from "../../../support/cli-fleet.ts";
import { scheduleRotation } from "../../../support/outside-changes.ts";
import type { WorldOptions } from "../../../support/world.ts";

const cli = useCli();

/** A secret that Vault rotates through the function. */
async function scheduled(switches: WorldOptions["switches"] = {}): Promise<CliWorld> {
  const w = await cli({ switches });
  scheduleRotation(w, w.deploy(), 30);
  return w;
}

/** `rotate` of it by Vault, which works meanwhile. */
async function rotate(w: CliWorld, ...words: readonly string[]) {
  const { invoke } = w.emulator;
  if (invoke === undefined) throw new Error("no function is deployed");
  const scheduler = createScheduler({ emulator: w.emulator, invoke });
  scheduler.start();
  const run = await w.run("rotate", w.secretId, "--via", "vault", "--yes", "--json", ...words);
  await scheduler.stop();
  const [secret] = shown(run).secrets;
  return { run, secret };
}

test("a rotation whose start has no answer is followed by the secret", async () => {
  const w = await scheduled();
  w.emulator.faults.add({ call: "rotate-secret", kind: "answer-lost" });
  const { run, secret } = await rotate(w);
  expect(secret).toMatchObject({
    ...{ outcome: "rotated", versionNo: 3, code: "OK", next: "nothing" },
    what: "Vault's rotation has succeeded, and version 3 is CURRENT",
  });
  expect(run.requests.filter(({ call }) => call === "rotate-secret")).toHaveLength(1);
});

test("one that fails, and of which the Work Requests service knows nothing, is told by the secret", async () => {
  const w = await scheduled({ "work-requests": "absent" });
  w.emulator.admin.app(w.app.clientId).accepted = [];
  const { run, secret } = await rotate(w);
  expect(run.exitCode).toBe(1);
  expect(secret).toMatchObject({
    ...{ outcome: "failed", versionNo: null, code: "ROTATION_FAILED", what: "Vault's rotation ended without success" },
    next: `run oci-rotate status ${w.secretId}`,
  });
});

test("one that does not end is followed for four calls of a function, and then left", async () => {
  const w = await scheduled();
  const began = w.clock.now();
  const run = await w.run("rotate", w.secretId, "--via", "vault", "--yes", "--json");
  expect(run.exitCode).toBe(1);
  expect(shown(run).secrets[0]).toMatchObject({
    ...{ outcome: "failed", code: "ROTATION_UNFINISHED", what: "Vault's rotation has not ended yet" },
    next: `run oci-rotate status ${w.secretId}`,
  });
  expect(w.clock.now() - began).toBeGreaterThan(1_200_000);
  expect(w.clock.now() - began).toBeLessThan(1_300_000);
});

test("one that Vault refuses is told with its error, and one without a function is not begun", async () => {
  const w = await scheduled();
  Object.assign(w.emulator.switches, { deny: ["rotate-secret"] });
  const refused = await rotate(w);
  expect(refused.secret).toMatchObject({ outcome: "failed", code: "SECRET_NOT_FOUND" });
  w.emulator.admin.secret(w.secretId).rotationConfig = null;
  const { run, secret } = await rotate(w);
  expect(secret).toMatchObject({
    ...{ outcome: "failed", code: "NO_TARGET", what: "the secret's rotation targets no function" },
    next: "set one with oci-rotate schedule, or add --via local or --via function",
  });
  expect(run.requests.filter(({ call }) => call === "rotate-secret")).toEqual([]);
});
