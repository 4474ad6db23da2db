/** How `oci-rotate rotate --all-due` does at an identity domain with a Free domain's limits: the command itself, in virtual time. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HOUR_MS } from "../../src/base/durations.ts";
import { runProgram } from "../../src/cli/program.ts";
import { writeOciConfig } from "../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { quietRuntime } from "../quiet-runtime.ts";
import { type DomainLoad, domainLoad, isRotated } from "./fleet/domain-load.ts";

export interface RotateAllFigures extends DomainLoad {
  readonly secrets: number;
  /** Not rotated, or CURRENT does not log in afterwards. */
  readonly lost: number;
  readonly minutes: number;
}

const SECRETS = 1_000;
const LATENCY_MS = 30;
const COMPARTMENT = "ocid1.compartment.oc1..bench";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

export async function rotateAllFigures(secrets: number = SECRETS): Promise<RotateAllFigures> {
  const clock = createVirtualClock();
  const emulator = createEmulator({
    clock,
    entropy: createSeededEntropy(1),
    switches: { "domain-limits": "free" },
    latencyMs: LATENCY_MS,
  });
  const home = mkdtempSync(path.join(tmpdir(), "bench-rotate-"));
  try {
    const functionId = emulator.admin.createFunction();
    const fleet = createFleet(emulator.admin, clock.now(), {
      count: secrets,
      domainUrl: DOMAIN,
      functionId,
      compartmentId: COMPARTMENT,
      dueWithinDays: 0,
    });
    await clock.sleep(HOUR_MS);
    const started = clock.monotonic();
    const words = ["--all-due", "--compartment", COMPARTMENT, "--via", "local", "--yes", "--json"];
    const place = ["--region", "us-ashburn-1", "--config-file", writeOciConfig(home, emulator.signatures)];
    const exitCode = await runProgram(quietRuntime(clock, emulator, home), ["rotate", ...words, ...place]);
    const ms = clock.monotonic() - started;
    const lost = fleet.secretIds.filter((id, at) => !isRotated(emulator, id, fleet.clientIds[at] ?? "")).length;
    if (exitCode !== 0 && lost === 0)
      throw new Error(`rotate --all-due ended with ${exitCode} although all are rotated`);
    return { secrets, lost, minutes: Number((ms / 60_000).toFixed(1)), ...domainLoad(emulator.requests, ms) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
