/** Time and memory of `oci-rotate scan`: the built command as its own process, against the emulator over a socket. */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { DAY_MS } from "../../src/base/durations.ts";
import { writeOciConfig } from "../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { type EmulatorServer, startServer } from "../../src/emulator/server.ts";
import { bundleCli, CLI_FILE } from "../bundle/cli.ts";
import { ROOT } from "../run.ts";
import { median } from "./spread.ts";

export interface ScanFigures {
  /** From the start of the process to its end, 1,000 secrets and 30 ms a call; median. */
  readonly scanMs: number;
  /** How many times as long that is as the same command takes to say how it is used; in turns with it. */
  readonly scanRatio: number;
  /** Growth of the largest resident memory from 1,000 to 5,000 secrets; of the table, JSON and HTML the one that grows most, medians. */
  readonly rssGrowthMb: number;
}

const LATENCY_MS = 30;
const RUNS = 3;
const FEW = 1_000;
const MANY = 5_000;
const LIMIT_MS = 60_000;
const COMPARTMENT = "ocid1.compartment.oc1..bench";

interface Run {
  readonly ms: number;
  readonly residentMb: number;
}

async function serveSecrets(count: number): Promise<{ server: EmulatorServer; configFile: string; folder: string }> {
  const switches = { "latency-ms": LATENCY_MS, "verify-signatures": "on" as const };
  const emulator = createEmulator({ clock: systemClock, entropy: createSeededEntropy(1), switches });
  const { admin } = emulator;
  const functionId = admin.createFunction();
  const now = systemClock.now();
  for (let index = 0; index < count; index += 1) {
    const compartmentId = COMPARTMENT;
    const id = admin.createSecret({ name: `client-${index}`, content: "{}", compartmentId, functionId });
    const secret = admin.secret(id);
    secret.nextRotationAt = now + (index % 90) * DAY_MS;
    secret.freeformTags = {
      "orot-issuer": "keycloak",
      "orot-client": `client-${index}-of-a-department`,
      "orot-outcome": `OK 2026-01-0${1 + (index % 9)}T08:00:00Z v${1 + (index % 7)}`,
      "orot-owner": `Department ${index % 40}`,
      "orot-contact": `department-${index % 40}@example.com`,
    };
  }
  const folder = mkdtempSync(path.join(tmpdir(), "bench-scan-"));
  return { server: await startServer(emulator), configFile: writeOciConfig(folder, emulator.signatures), folder };
}

/** The process says at its end how large it has been. */
const TELL = "data:text/javascript,process.on('exit',()=>process.stderr.write(' RSS '+process.resourceUsage().maxRSS))";

/** Some secrets are due. */
const DUE = 4;

function scan(url: string, configFile: string, words: readonly string[]): Promise<Run> {
  const place = ["--compartment", COMPARTMENT, "--config-file", configFile, "--endpoint", url];
  return runCommand(["scan", ...place, ...words], DUE);
}

function runCommand(args: readonly string[], expected: number): Promise<Run> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", TELL, path.join(ROOT, CLI_FILE), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "" },
      timeout: LIMIT_MS,
    });
    let stderr = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const ms = performance.now() - started;
      const [, kilobytes] = /RSS (\d+)$/.exec(stderr) ?? [];
      if (code !== expected || kilobytes === undefined)
        reject(new Error(`oci-rotate ${args[0]} ended with ${code}: ${stderr}`));
      else resolve({ ms, residentMb: Number(kilobytes) / 1000 });
    });
  });
}

async function runsOf(
  count: number,
  formats: readonly (readonly string[])[],
  inTurn: () => Promise<void>,
): Promise<Run[][]> {
  const { server, configFile, folder } = await serveSecrets(count);
  try {
    const all: Run[][] = [];
    for (const format of formats) {
      const words = format.map((word) => word.replace("HTML", path.join(folder, "report.html")));
      const runs: Run[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        await inTurn();
        runs.push(await scan(server.url, configFile, words));
      }
      all.push(runs);
      if (format.includes("HTML") && !readFileSync(path.join(folder, "report.html"), "utf8").includes("</html>"))
        throw new Error("scan --html left no page");
    }
    return all;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function scanFigures(): Promise<ScanFigures> {
  await bundleCli();
  const formats = [[], ["--json"], ["--html", "HTML"]];
  const starts: number[] = [];
  const few = await runsOf(FEW, formats, async () => {
    starts.push((await runCommand(["scan", "--help"], 0)).ms);
  });
  const many = await runsOf(MANY, formats, () => Promise.resolve());
  const scanMs = median((few[0] ?? []).map(({ ms }) => ms));
  const resident = (runs: readonly Run[] = []) => median(runs.map(({ residentMb }) => residentMb));
  const growth = formats.map((_, index) => resident(many[index]) - resident(few[index]));
  return {
    scanMs: Math.round(scanMs),
    scanRatio: Number((scanMs / median(starts)).toFixed(2)),
    rssGrowthMb: Number(Math.max(...growth).toFixed(1)),
  };
}
