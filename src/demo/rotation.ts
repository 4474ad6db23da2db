import { fileURLToPath } from "node:url";
import { createBudget } from "../budget.ts";
import { systemClock } from "../clock.ts";
import { parseContent } from "../content.ts";
import type { SeenVersion } from "../emulator/admin.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import { createFunctionHost } from "../emulator/function-host.ts";
import { fakeResourcePrincipal } from "../emulator/principal.ts";
import type { RotationReport, StepReport } from "../emulator/rotation-run.ts";
import { ensureSample, type Sample } from "../emulator/sample.ts";
import { createScheduler } from "../emulator/scheduler.ts";
import { startServer } from "../emulator/server.ts";
import { systemEntropy } from "../entropy.ts";
import { createIssuerHttp } from "../http/issuer-http.ts";
import { createNetworkTransport } from "../http/network.ts";
import { createRateGate } from "../http/rate-gate.ts";
import { openCredential } from "../issuers/index.ts";
import type { Verdict } from "../issuers/issuer.ts";
import { Secret } from "../secret.ts";
import { parseSettings } from "../settings.ts";

/** One stage as the function's own log tells it. */
export interface SeenStage {
  readonly stage: string;
  readonly outcome: string;
  readonly ms: number;
}

export interface SeenStep {
  readonly report: StepReport;
  readonly stages: readonly SeenStage[];
  readonly versions: readonly SeenVersion[];
}

export interface DemoResult {
  readonly rotation: RotationReport;
  readonly steps: readonly SeenStep[];
  readonly versions: readonly SeenVersion[];
  /** The issuer's verdict on the client secret that was CURRENT before, and on the one that is CURRENT now. */
  readonly oldSecret: Verdict;
  readonly newSecret: Verdict;
  /** Requests of the function in the four steps, without those that tidy after the promote. */
  readonly remoteCalls: number;
}

/** Told while it runs. */
export interface DemoListener {
  ready(url: string, sample: Sample, versions: readonly SeenVersion[]): void;
  step(step: SeenStep): void;
  /** A line on the function's stderr. A function that runs writes none: it says why the function cannot be started. */
  problem(line: string): void;
}

const BUNDLE = fileURLToPath(new URL("../../dist/function/func.js", import.meta.url));

/** A stage line of the function's log; null for every other line. */
function stageOf(line: string): SeenStage | null {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof entry !== "object" || entry === null || !("event" in entry) || entry.event !== "stage") return null;
  const { stage, outcome, ms } = entry as Partial<SeenStage>;
  return stage === undefined || outcome === undefined || ms === undefined ? null : { stage, outcome, ms };
}

/** Asks the issuer over the network, as the function would. */
async function verdictOn(content: Secret): Promise<Verdict> {
  const budget = createBudget(systemClock, null, { budgetMs: 30_000, marginMs: 0, callTimeoutMs: 10_000 });
  const transport = createNetworkTransport(systemClock);
  const http = createIssuerHttp(transport, createRateGate(systemClock), budget, { ratePauseMs: 60_000 }, systemClock);
  const credential = openCredential(
    parseContent(content),
    { http, clock: systemClock, settings: parseSettings({}) },
    null,
  );
  return (await credential.login(null)).verdict;
}

function contentOf(emulator: Emulator, secretId: string, versionNo: number): Secret {
  const text = emulator.admin.content(secretId, versionNo);
  if (text === undefined) throw new Error(`the emulator holds no version ${versionNo}`);
  return new Secret(text);
}

function callsUntilPromote(emulator: Emulator): number {
  const calls = emulator.requests.map((request) => request.call);
  const promoted = calls.lastIndexOf("promote");
  return promoted < 0 ? calls.length : promoted + 1;
}

/**
 * One whole rotation: emulator on loopback, the built function as a child process on its unix socket, Vault's schedule calling it. Ends
 * everything it started.
 */
export async function rotateOnce(listener: DemoListener): Promise<DemoResult> {
  const emulator = createEmulator({
    clock: systemClock,
    entropy: systemEntropy,
    switches: { "updating-polls": 1 },
    verifySignatures: true,
  });
  const server = await startServer(emulator);
  const sample = ensureSample(emulator, server.url);
  const { secretId } = sample;
  const fn = emulator.state.functions.functions[sample.functionId];
  if (fn === undefined) throw new Error("the emulator made no function");
  let stages: SeenStage[] = [];
  const host = createFunctionHost({
    bundle: BUNDLE,
    fn,
    config: { OROT_VAULT_ENDPOINT: server.url, OROT_SECRETS_ENDPOINT: server.url },
    principal: fakeResourcePrincipal(emulator.signatures, systemClock.now()),
    clock: systemClock,
    onLine: (stream, line) => {
      if (stream === "stderr") listener.problem(line);
      const stage = stageOf(line);
      if (stage !== null) stages.push(stage);
    },
  });
  const steps: SeenStep[] = [];
  const scheduler = createScheduler({
    emulator,
    invoke: host.invoke,
    onStep: (_secretId, report) => {
      const step = { report, stages, versions: emulator.admin.versions(secretId) };
      stages = [];
      steps.push(step);
      listener.step(step);
    },
  });
  try {
    const before = emulator.admin.versions(secretId);
    listener.ready(server.url, sample, before);
    const rotation = await scheduler.rotate(secretId);
    const remoteCalls = callsUntilPromote(emulator);
    const versions = emulator.admin.versions(secretId);
    const current = versions.find((version) => version.versionStages.includes("CURRENT"))?.number ?? 0;
    const oldSecret = await verdictOn(contentOf(emulator, secretId, before[0]?.number ?? 1));
    const newSecret = await verdictOn(contentOf(emulator, secretId, current));
    return { rotation, steps, versions, oldSecret, newSecret, remoteCalls };
  } finally {
    await host.stop();
    await server.close();
  }
}

/** A rotation ended well if Vault says so, and the old client secret is refused while the new one works. */
export function endedWell({ rotation, oldSecret, newSecret }: DemoResult): boolean {
  return rotation.status === "SUCCEEDED" && oldSecret === "rejected" && newSecret === "accepted";
}
