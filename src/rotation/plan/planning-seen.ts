import { isAnotherAtWork } from "../observe/locks.ts";
import type { Observed } from "../observe/observe.ts";
import { verdictOn } from "../observe/observe.ts";
import { isCallerChosen } from "../observe/overlap.ts";
import { callerStateOf } from "../observe/state.ts";
import { runStage } from "../pipeline.ts";
import type { SecretSummary, VersionVerdict } from "./plan-text.ts";

/** Logs in with the versions that decide the state's name, even if the next action does not depend on them. */
export async function askTheRest(rotation: Observed): Promise<void> {
  const { attempt } = rotation;
  const { current, previous } = rotation.snapshot;
  const ask = async (versionNo: number, kind: "log-in-current" | "log-in-pending") => {
    const known = attempt.read.contents.get(versionNo);
    if (attempt.read.logins.has(versionNo) || known === undefined || known.kind === "unknown") return;
    await runStage(rotation, { kind, versionNo });
  };
  await ask(current.versionNo, "log-in-current");
  if (previous !== null) await ask(previous.versionNo, "log-in-pending");
}

/** PREVIOUS if the issuer keeps two values at once and PREVIOUS holds another value than CURRENT. */
export function previousVerdict(rotation: Observed): VersionVerdict | null {
  const { overlap } = callerStateOf(rotation, "heal");
  return overlap === null ? null : { versionNo: overlap.versionNo, verdict: overlap.verdict };
}

/** The summary that the state's name follows from. */
export function summaryOf(rotation: Observed): SecretSummary {
  const { attempt, snapshot } = rotation;
  const { current, pending, list } = snapshot;
  const chosen = isCallerChosen(attempt.read, snapshot);
  const caller = callerStateOf(rotation, "heal");
  return {
    current: {
      versionNo: current.versionNo,
      verdict: verdictOn(rotation, current, list.asOf),
      isClaim: attempt.read.contents.get(current.versionNo)?.kind === "claim",
    },
    pending:
      pending === null
        ? null
        : {
            versionNo: pending.versionNo,
            verdict:
              chosen && caller.pending !== null ? caller.pending.verdict : verdictOn(rotation, pending, list.asOf),
          },
    isBusy: isAnotherAtWork(rotation),
    isInstallable: chosen && caller.pending !== null,
  };
}
