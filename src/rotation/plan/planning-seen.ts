import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import { type Snapshot, verdictOn } from "../observe/observe.ts";
import { isCallerChosen } from "../observe/overlap.ts";
import { callerStateOf } from "../observe/state.ts";
import { runStage } from "../pipeline.ts";
import type { SecretSummary, VersionVerdict } from "./plan-text.ts";

/** Logs in with the versions that decide the state's name, even if the next action does not depend on them. */
export async function askTheRest(context: Context, attempt: Attempt, snapshot: Snapshot): Promise<void> {
  const { current, previous } = snapshot;
  const ask = async (versionNo: number, kind: "log-in-current" | "log-in-pending") => {
    const known = attempt.contents.get(versionNo);
    if (attempt.logins.has(versionNo) || known === undefined || known.kind === "unknown") return;
    await runStage(context, attempt, snapshot, { kind, versionNo });
  };
  await ask(current.versionNo, "log-in-current");
  if (previous !== null) await ask(previous.versionNo, "log-in-pending");
}

/** PREVIOUS if the issuer keeps two values at once and PREVIOUS holds another value than CURRENT. */
export function previousVerdict(context: Context, attempt: Attempt, snapshot: Snapshot): VersionVerdict | null {
  const { overlap } = callerStateOf(context, attempt, "heal", snapshot);
  return overlap === null ? null : { versionNo: overlap.versionNo, verdict: overlap.verdict };
}

/** The summary that the state's name follows from. */
export function summaryOf(context: Context, attempt: Attempt, snapshot: Snapshot): SecretSummary {
  const { current, pending, list } = snapshot;
  const chosen = isCallerChosen(attempt, snapshot);
  const caller = callerStateOf(context, attempt, "heal", snapshot);
  return {
    current: {
      versionNo: current.versionNo,
      verdict: verdictOn(context, attempt, current, list.asOf),
      isClaim: attempt.contents.get(current.versionNo)?.kind === "claim",
    },
    pending:
      pending === null
        ? null
        : {
            versionNo: pending.versionNo,
            verdict:
              chosen && caller.pending !== null
                ? caller.pending.verdict
                : verdictOn(context, attempt, pending, list.asOf),
          },
    isBusy: isAnotherAtWork(context, attempt, snapshot),
    isInstallable: chosen && caller.pending !== null,
  };
}
