import { knowsFunction } from "../core/places.ts";
import { asText, parseObject } from "../core/wire.ts";
import type { Emulator } from "../emulator.ts";
import type { InvokeFunction } from "../functions/api.ts";
import { changing } from "./lifecycle.ts";
import { planNextRotation } from "./rotation.ts";
import type { StoredSecret } from "./state.ts";
import type { StoredWorkRequest } from "./work-requests.ts";

/** Vault's four steps, in the order in which it calls them. */
export const rotationSteps = [
  "VERIFY_CONNECTION",
  "CREATE_PENDING_VERSION",
  "UPDATE_TARGET_SYSTEM",
  "PROMOTE_PENDING_VERSION",
] as const;

export type RotationStep = (typeof rotationSteps)[number];

export interface StepReport {
  readonly step: RotationStep;
  /** Emulated time, ms. */
  readonly startedAt: number;
  readonly ms: number;
  /** From the function's answer; null if that did not follow the protocol. */
  readonly responseCode: number | null;
  readonly returnMessage: string;
  readonly versionNo: number | null;
}

export interface RotationReport {
  readonly secretId: string;
  readonly workRequestId: string;
  readonly status: "SUCCEEDED" | "FAILED" | "CANCELED";
  readonly steps: readonly StepReport[];
}

const MAX_MESSAGE = 1000;
/** The platform's answers to Vault. */
const FAILED = { status: 502, body: "" };
const ABSENT = { status: 404, body: "" };

/**
 * Runs one accepted rotation: the four steps in order, until the first answer that is not a 200 of the protocol, or a cancellation. It
 * keeps the work request and the secret's rotation times up to date.
 */
export async function runRotation(
  emulator: Emulator,
  secret: StoredSecret,
  workRequest: StoredWorkRequest,
  invoke: InvokeFunction,
  onStep?: (report: StepReport) => void,
): Promise<RotationReport> {
  const rotation = secret.rotation;
  const functionId = asText(secret.rotationConfig?.targetSystemDetails["functionId"]) ?? "";
  const steps: StepReport[] = [];
  const answered: Partial<Record<RotationStep, number | null>> = {};
  workRequest.status = "IN_PROGRESS";
  workRequest.startedAt = emulator.clock.now();
  let status: RotationReport["status"] = "SUCCEEDED";
  for (const step of rotationSteps) {
    if (rotation?.cancelled === true) {
      status = "CANCELED";
      break;
    }
    const event = { step, secretId: secret.id, ...versionNoOf(step, answered, emulator) };
    const report = await runStep(emulator, functionId, event, invoke);
    steps.push(report);
    answered[step] = report.versionNo;
    const at = emulator.clock.now();
    workRequest.logs.push({ message: `${step}: ${report.responseCode ?? "no answer"}`, at });
    onStep?.(report);
    if (report.responseCode !== 200) {
      workRequest.errors.push({
        code: String(report.responseCode ?? "FunctionFailed"),
        message: report.returnMessage,
        at,
      });
      status = "FAILED";
      break;
    }
    workRequest.percentComplete = steps.length * 25;
    emulator.core.changed();
  }
  finish(emulator, secret, workRequest, status);
  return { secretId: secret.id, workRequestId: workRequest.id, status, steps };
}

/** Ends a rotation: the work request, and the secret's rotation status and times. */
export function finish(
  emulator: Emulator,
  secret: StoredSecret,
  workRequest: StoredWorkRequest,
  status: RotationReport["status"],
): void {
  const now = emulator.clock.now();
  workRequest.status = status;
  workRequest.finishedAt = now;
  changing(secret, now, emulator.switches, false, () => {
    if (secret.rotation?.workRequestId === workRequest.id) {
      secret.rotation = null;
    }
    secret.lastRotationAt = status === "SUCCEEDED" ? now : secret.lastRotationAt;
    planNextRotation(secret, now);
  });
  emulator.core.changed();
}

async function runStep(
  emulator: Emulator,
  functionId: string,
  event: { step: RotationStep; secretId: string; versionNo?: number | null },
  invoke: InvokeFunction,
): Promise<StepReport> {
  const { clock, state, entropy } = emulator;
  const startedAt = clock.now();
  const began = clock.monotonic();
  const timeoutMs = (state.functions.functions[functionId]?.timeoutInSeconds ?? 300) * 1000;
  const outcome = knowsFunction(emulator, functionId)
    ? await invoke(functionId, JSON.stringify(event), { callId: entropy.uuid(), timeoutMs }).catch(() => FAILED)
    : ABSENT;
  const body = outcome.status === 200 ? parseObject(outcome.body) : undefined;
  const { responseCode, versionNo } = body ?? {};
  const failure =
    outcome.status === 200 ? "the answer does not follow the protocol" : `the function failed with ${outcome.status}`;
  return {
    step: event.step,
    startedAt,
    ms: clock.monotonic() - began,
    responseCode: typeof responseCode === "number" ? responseCode : null,
    returnMessage: (asText(body?.["returnMessage"]) ?? failure).slice(0, MAX_MESSAGE),
    versionNo: Number.isInteger(versionNo) ? Number(versionNo) : null,
  };
}

/** The version number for a step. The one for UPDATE_TARGET_SYSTEM is undocumented, hence a switch. */
function versionNoOf(
  step: RotationStep,
  answered: Partial<Record<RotationStep, number | null>>,
  emulator: Emulator,
): { versionNo?: number | null } {
  if (step === "PROMOTE_PENDING_VERSION") return { versionNo: answered.UPDATE_TARGET_SYSTEM ?? null };
  if (step !== "UPDATE_TARGET_SYSTEM") return {};
  const source = emulator.switches["update-version-no"];
  if (source === "null") return { versionNo: null };
  return { versionNo: answered[source === "verify" ? "VERIFY_CONNECTION" : "CREATE_PENDING_VERSION"] ?? null };
}
