import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import { type Observation, verdictOn } from "../observe/observe.ts";
import { callerViewOf, isCallerChosen } from "../observe/view-caller.ts";
import { runStage } from "../pipeline.ts";
import type { Seen, SeenVersion } from "./plan-text.ts";

/** What the state is named by is asked for even where the next action does not depend on it. */
export async function askTheRest(invocation: Invocation, memory: Memory, observation: Observation): Promise<void> {
  const { current, previous } = observation;
  const ask = async (versionNo: number, kind: "log-in-current" | "log-in-pending") => {
    const known = memory.contents.get(versionNo);
    if (memory.logins.has(versionNo) || known === undefined || known.kind === "unknown") return;
    await runStage(invocation, memory, observation, { kind, versionNo });
  };
  await ask(current.versionNo, "log-in-current");
  if (previous !== null) await ask(previous.versionNo, "log-in-pending");
}

/** PREVIOUS where the issuer keeps two values at once, and holds another value than CURRENT. */
export function previousOf(invocation: Invocation, memory: Memory, observation: Observation): SeenVersion | null {
  const { overlap } = callerViewOf(invocation, memory, "heal", observation);
  return overlap === null ? null : { versionNo: overlap.versionNo, verdict: overlap.verdict };
}

/** What the state of a secret is named by. */
export function seenOf(invocation: Invocation, memory: Memory, observation: Observation): Seen {
  const { current, pending, list } = observation;
  const chosen = isCallerChosen(memory, observation);
  const caller = callerViewOf(invocation, memory, "heal", observation);
  return {
    current: {
      versionNo: current.versionNo,
      verdict: verdictOn(invocation, memory, current, list.asOf),
      isClaim: memory.contents.get(current.versionNo)?.kind === "claim",
    },
    pending:
      pending === null
        ? null
        : {
            versionNo: pending.versionNo,
            verdict:
              chosen && caller.pending !== null
                ? caller.pending.verdict
                : verdictOn(invocation, memory, pending, list.asOf),
          },
    isBusy: isAnotherAtWork(invocation, memory, observation),
    isInstallable: chosen && caller.pending !== null,
  };
}
