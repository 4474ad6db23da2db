import { systemClock } from "../../src/base/clock.ts";
import type { Verdict } from "../../src/clients/issuers/verdict.ts";
import type { SeenVersion } from "../../src/emulator/admin.ts";
import type { Fault } from "../../src/emulator/core/faults.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import type { RotationReport, StepReport } from "../../src/emulator/vault/rotation-run.ts";
import { createScheduler } from "../../src/emulator/vault/scheduler.ts";
import { verdictOn } from "./asking.ts";
import { openReceivers, type Receivers, type SeenNotifications } from "./notify.ts";
import { endOverlap, type SeenOverlap } from "./overlap.ts";
import { type IssuerName, profiles } from "./profiles.ts";
import { openRig, type Rig, type SeenAction } from "./rig.ts";
import type { SeenStage } from "./stage-log.ts";

export interface SeenStep {
  readonly report: StepReport;
  readonly stages: readonly SeenStage[];
  readonly versions: readonly SeenVersion[];
}

export interface DemoResult {
  readonly issuer: IssuerName;
  readonly rotation: RotationReport;
  readonly steps: readonly SeenStep[];
  readonly versions: readonly SeenVersion[];
  /**
   * The issuer's verdict on the client secret that was CURRENT before, and on the one that is CURRENT now. If the old
   * one is left to expire: before the emulator's clock was put forward.
   */
  readonly oldSecret: Verdict;
  readonly newSecret: Verdict;
  readonly overlap: SeenOverlap | null;
  /** Requests of the function in the steps that ran. */
  readonly remoteCalls: number;
  /** The heal that repairs what the fault left behind, or finds that the rotation has already done so; null without a fault. */
  readonly heal: SeenAction | null;
  readonly hasFaultStruck: boolean;
  /** CURRENT is another version than before. */
  readonly isRotated: boolean;
  /** Null: the demo has no receivers. */
  readonly heard: SeenNotifications | null;
}

/** Told while it runs. */
export interface DemoListener {
  ready(rig: Rig, versions: readonly SeenVersion[]): void;
  step(step: SeenStep): void;
  /** The rotation has failed. Its claim stays the dead run's for this long; then a heal may act. */
  waiting(seconds: number): void;
  healed(heal: SeenAction, versions: readonly SeenVersion[]): void;
  overlapEnded(overlap: SeenOverlap): void;
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

function callsUntilPromote(emulator: Emulator, from: number): number {
  const calls = emulator.requests.slice(from).map((request) => request.call);
  const promoted = calls.lastIndexOf("promote");
  return promoted < 0 ? calls.length : promoted + 1;
}

async function heal(rig: Rig, hasFailed: boolean, listener: DemoListener): Promise<SeenAction> {
  if (hasFailed) {
    listener.waiting(CLAIM_LIFE_MS / 1000);
    await systemClock.sleep(CLAIM_LIFE_MS);
  }
  const seen = await rig.send("heal");
  listener.healed(seen, rig.emulator.admin.versions(rig.secretId));
  return seen;
}

async function rotateWith(
  rig: Rig,
  issuer: IssuerName,
  listener: DemoListener,
  fault: Fault | null,
  receivers: Receivers | null,
): Promise<DemoResult> {
  const { emulator, secretId } = rig;
  const versions = () => emulator.admin.versions(secretId);
  const steps: SeenStep[] = [];
  const scheduler = createScheduler({
    emulator,
    invoke: rig.invoke,
    onStep: (_secretId, report) => {
      const step = { report, stages: rig.takeStages(), versions: versions() };
      steps.push(step);
      listener.step(step);
    },
  });
  listener.ready(rig, versions());
  const old = rig.content();
  const firstRequest = emulator.requests.length;
  const rotation = await scheduler.rotate(secretId);
  const remoteCalls = callsUntilPromote(emulator, firstRequest);
  const healing = fault === null ? null : await heal(rig, rotation.status !== "SUCCEEDED", listener);
  const isRotated = rig.content().reveal() !== old.reveal();
  // If the rotation failed, there is one client secret and no overlap to end.
  const overlap = isRotated ? await endOverlap(rig, profiles[issuer], old, fault === null ? 0 : CLAIM_LIFE_MS) : null;
  if (overlap !== null) listener.overlapEnded(overlap);
  const oldSecret = overlap?.kind === "expires" ? overlap.overlapSecret : await verdictOn(old, rig.url);
  const newSecret = await verdictOn(rig.content(), rig.url);
  return {
    issuer,
    rotation,
    steps,
    versions: versions(),
    oldSecret,
    newSecret,
    overlap,
    remoteCalls,
    heal: healing,
    hasFaultStruck: emulator.faults.struck > 0,
    isRotated,
    heard: receivers?.seen() ?? null,
  };
}

/** One whole rotation at an emulated issuer, with Vault's schedule calling the function. Ends everything it started. */
export async function rotateOnce(
  { issuer, fault, notify }: { readonly issuer: IssuerName; readonly fault: Fault | null; readonly notify: boolean },
  listener: DemoListener,
): Promise<DemoResult> {
  const rig = await openRig({
    profile: profiles[issuer],
    config: fault === null ? {} : SHORT_WAITS,
    lateMs: LATE_MS,
    problem: (line) => listener.problem(line),
  });
  let receivers: Receivers | null = null;
  try {
    if (notify) receivers = await openReceivers(rig);
    if (fault !== null) rig.emulator.faults.add(fault);
    return await rotateWith(rig, issuer, listener, fault, receivers);
  } finally {
    await receivers?.close();
    await rig.close();
  }
}

/** Both client secrets have worked, and the old one has come to its end. */
function overlapEndedWell(overlap: SeenOverlap, oldSecret: Verdict): boolean {
  if (overlap.overlapSecret !== "accepted") return false;
  return overlap.kind === "retired"
    ? overlap.retire.responseCode === 200 && oldSecret === "rejected"
    : overlap.expiredSecret === "rejected";
}

/** Both receivers have got something, and every webhook is signed. */
function wereTold({ webhooks, mails }: SeenNotifications): boolean {
  return webhooks.length > 0 && mails.length > 0 && webhooks.every(({ isVerified }) => isVerified);
}

/**
 * Without a fault: Vault says so, the old client secret has come to its end and the new one works. With one: what was sent after it says so,
 * what is CURRENT works, and nothing but the fault was in the way.
 */
export function endedWell(result: DemoResult): boolean {
  const { rotation, oldSecret, newSecret, overlap } = result;
  const hasSucceeded = rotation.status === "SUCCEEDED";
  if (result.heard !== null && result.isRotated && !wereTold(result.heard)) return false;
  if (newSecret !== "accepted" || !(hasSucceeded || result.hasFaultStruck)) return false;
  if (result.heal !== null) {
    return result.heal.responseCode === 200 && (overlap?.kind !== "retired" || overlap.retire.responseCode === 200);
  }
  return hasSucceeded && (overlap === null ? oldSecret === "rejected" : overlapEndedWell(overlap, oldSecret));
}
