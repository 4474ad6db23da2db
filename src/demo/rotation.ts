import { fileURLToPath } from "node:url";
import { systemClock } from "../clock.ts";
import type { SeenVersion } from "../emulator/admin.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import type { Fault } from "../emulator/faults.ts";
import { createFunctionHost } from "../emulator/function-host.ts";
import { fakeResourcePrincipal } from "../emulator/principal.ts";
import type { RotationReport, StepReport } from "../emulator/rotation-run.ts";
import { ensureSample, type Sample } from "../emulator/sample.ts";
import { createScheduler } from "../emulator/scheduler.ts";
import { startServer } from "../emulator/server.ts";
import { systemEntropy } from "../entropy.ts";
import type { Verdict } from "../issuers/issuer.ts";
import { Secret } from "../secret.ts";
import { verdictOn } from "./asking.ts";
import { type SeenStage, stageOf } from "./stage-log.ts";

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
  /** Requests of the function in the four steps. */
  readonly remoteCalls: number;
  /** What was sent after a rotation with a fault; null without one. */
  readonly heal: SeenHeal | null;
}

/** The heal that makes good what the fault left behind, or finds that the rotation has already done so. */
export interface SeenHeal {
  readonly responseCode: number;
  readonly returnMessage: string;
  readonly ms: number;
  readonly stages: readonly SeenStage[];
}

/** Told while it runs. */
export interface DemoListener {
  ready(url: string, sample: Sample, versions: readonly SeenVersion[]): void;
  step(step: SeenStep): void;
  /** The rotation has failed; its claim belongs to the dead run for so long, then a heal may act. */
  waiting(seconds: number): void;
  healed(heal: SeenHeal, versions: readonly SeenVersion[]): void;
  /** A line on the function's stderr. A function that runs writes none: it says why the function cannot be started. */
  problem(line: string): void;
}

/** A demo need not wait as long as production does for what a lost request may still do. */
const SHORT_WAITS = {
  OROT_CLAIM_TTL_SECONDS: "3",
  OROT_LANDING_BOUND_SECONDS: "1",
  OROT_ACTIVE_WAIT_SECONDS: "1",
  OROT_CALL_TIMEOUT_SECONDS: "2",
};
/** Claim and landing bound, and what the clocks of two servers may differ by. */
const CLAIM_LIFE_MS = 5_500;
const LATE_MS = 500;

const BUNDLE = fileURLToPath(new URL("../../dist/function/func.js", import.meta.url));

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
export async function rotateOnce(listener: DemoListener, fault: Fault | null): Promise<DemoResult> {
  const emulator = createEmulator({
    clock: systemClock,
    entropy: systemEntropy,
    switches: { "updating-polls": 1, "late-ms": LATE_MS },
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
    config: {
      OROT_VAULT_ENDPOINT: server.url,
      OROT_SECRETS_ENDPOINT: server.url,
      ...(fault === null ? {} : SHORT_WAITS),
    },
    principal: fakeResourcePrincipal(emulator.signatures, systemClock.now()),
    clock: systemClock,
    onLine: (stream, line) => {
      if (stream === "stderr") listener.problem(line);
      const stage = stageOf(line);
      if (stage !== null) stages.push(stage);
    },
  });
  if (fault !== null) emulator.faults.add(fault);
  emulator.onKill = () => host.kill();
  const heal = async (): Promise<SeenHeal> => {
    stages = [];
    const startedAt = systemClock.monotonic();
    const event = JSON.stringify({ action: "heal", secretId });
    const { body } = await host.invoke(sample.functionId, event, { callId: systemEntropy.uuid(), timeoutMs: 300_000 });
    const answer: { responseCode?: number; returnMessage?: string } = body === "" ? {} : JSON.parse(body);
    const seen = {
      responseCode: answer.responseCode ?? 0,
      returnMessage: answer.returnMessage ?? "no answer",
      ms: systemClock.monotonic() - startedAt,
      stages,
    };
    listener.healed(seen, emulator.admin.versions(secretId));
    return seen;
  };
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
    if (fault !== null && rotation.status !== "SUCCEEDED") {
      listener.waiting(CLAIM_LIFE_MS / 1000);
      await systemClock.sleep(CLAIM_LIFE_MS);
    }
    const healing = fault === null ? null : await heal();
    const versions = emulator.admin.versions(secretId);
    const current = versions.find((version) => version.versionStages.includes("CURRENT"))?.number ?? 0;
    const oldSecret = await verdictOn(contentOf(emulator, secretId, before[0]?.number ?? 1));
    const newSecret = await verdictOn(contentOf(emulator, secretId, current));
    return { rotation, steps, versions, oldSecret, newSecret, remoteCalls, heal: healing };
  } finally {
    await host.stop();
    await server.close();
  }
}

/**
 * Without a fault: Vault says so, and the old client secret is refused while the new one works. With one: the heal says so, and what is
 * CURRENT works.
 */
export function endedWell({ rotation, oldSecret, newSecret, heal }: DemoResult): boolean {
  if (heal !== null) return heal.responseCode === 200 && newSecret === "accepted";
  return rotation.status === "SUCCEEDED" && oldSecret === "rejected" && newSecret === "accepted";
}
