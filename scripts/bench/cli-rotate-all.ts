/** How `oci-rotate rotate --all-due` does at an identity domain with a Free domain's limits: the command itself, in virtual time. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HOUR_MS } from "../../src/base/durations.ts";
import { runProgram } from "../../src/cli/program.ts";
import { writeOciConfig } from "../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { quietRuntime } from "../quiet-runtime.ts";

export interface RotateAllFigures {
  readonly secrets: number;
  /** Not rotated, or CURRENT does not log in afterwards. */
  readonly lost: number;
  /** Of all requests to the domain. */
  readonly share429: number;
  /** Virtual time, divided by what the busier kind of request needs at 150 a minute. */
  readonly ratio: number;
  readonly minutes: number;
  readonly tokenRequests: number;
  readonly otherRequests: number;
}

const SECRETS = 1_000;
const LATENCY_MS = 30;
const PER_MINUTE = 150;
const COMPARTMENT = "ocid1.compartment.oc1..bench";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

/** A secret whose CURRENT is the one that was there, or does not log in. */
function isLost(emulator: Emulator, secretId: string, clientId: string): boolean {
  const current = emulator.admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
  const content: { appSecret?: string } = JSON.parse(emulator.admin.content(secretId, current?.number ?? 0) ?? "{}");
  const isOld = current === undefined || current.number === 1;
  return isOld || emulator.admin.login(clientId, content.appSecret ?? "") !== "accepted";
}

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
    const minutes = (clock.monotonic() - started) / 60_000;
    const asked = emulator.requests.filter(({ system }) => system === "identity");
    const tokenRequests = asked.filter(({ call }) => call.startsWith("token-")).length;
    const otherRequests = asked.length - tokenRequests;
    const lost = fleet.secretIds.filter((id, index) => isLost(emulator, id, fleet.clientIds[index] ?? "")).length;
    if (exitCode !== 0 && lost === 0)
      throw new Error(`rotate --all-due ended with ${exitCode} although all are rotated`);
    const refused = asked.filter(({ status }) => status === 429).length;
    return {
      secrets,
      lost,
      share429: Number((refused / asked.length).toFixed(4)),
      ratio: Number(((minutes * PER_MINUTE) / Math.max(tokenRequests, otherRequests)).toFixed(3)),
      minutes: Number(minutes.toFixed(1)),
      tokenRequests,
      otherRequests,
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
