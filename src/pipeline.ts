import { act, type StageAction, stageOf } from "./act.ts";
import { asRotationError, RotationError } from "./errors.ts";
import type { RotationEvent, Step } from "./event.ts";
import type { Invocation } from "./invocation.ts";
import { shortOcid } from "./log.ts";
import { type Action, decidePromote, decideRotation, decideUpdate, decideVerify } from "./recovery/decide.ts";
import { createMemory, type Memory } from "./recovery/memory.ts";
import { type Observation, observe } from "./recovery/observe.ts";
import { observeVersion, promoteViewOf, type VersionObservation } from "./recovery/observe-version.ts";
import { createPatience } from "./recovery/patience.ts";
import { mayBePromoted, viewOf } from "./recovery/view.ts";
import type { StageName, StageReport } from "./stages/stage.ts";
import { tidyAfterPromote } from "./stages/tidy.ts";

/** How a step or a whole rotation ended well. */
export interface Outcome {
  readonly code: "OK" | "ALREADY_ROTATED";
  readonly versionNo: number | null;
}

/** What the caller may tell of the run, also when it ended with an error. */
export interface RunReport {
  readonly stages: StageReport[];
  /** Last eight characters of the secret's OCID, `-`, number of the version that was CURRENT at the start; null before that is known. */
  rotationId: string | null;
}

/** The one table from steps to stages; a whole rotation is the same pipeline in one call. */
export const stagesOf: Readonly<Record<Step | "ROTATION", readonly StageName[]>> = {
  VERIFY_CONNECTION: ["verify-current", "verify-pending"],
  CREATE_PENDING_VERSION: ["verify-current", "fetch-token", "regenerate", "write-pending", "verify-pending"],
  UPDATE_TARGET_SYSTEM: ["verify-current", "verify-pending"],
  PROMOTE_PENDING_VERSION: ["verify-current", "verify-pending", "promote"],
  ROTATION: ["verify-current", "fetch-token", "regenerate", "write-pending", "verify-pending", "promote"],
};

/** One look at Vault, and the decision that follows from it and from what was asked since. */
interface Look {
  readonly observation: Observation | null;
  readonly currentNo: number | null;
  decide(): Action;
}
type Plan = (invocation: Invocation, memory: Memory) => Promise<Look>;

function planOf(event: Exclude<RotationEvent, { kind: "action" }>): Plan {
  if (event.kind === "step" && event.step === "PROMOTE_PENDING_VERSION") {
    return async (invocation, memory) => {
      const seen: VersionObservation = await observeVersion(invocation, memory, event.versionNo);
      return {
        observation: null,
        currentNo: seen.currentNo,
        decide: () => decidePromote(promoteViewOf(invocation, memory, seen)),
      };
    };
  }
  const step = event.kind === "step" ? event.step : "ROTATION";
  const writes = step === "CREATE_PENDING_VERSION" || step === "ROTATION";
  return async (invocation, memory) => {
    const observation = await observe(invocation, memory, writes);
    const view = () => viewOf(invocation, memory, step === "ROTATION" ? "rotation" : "create", observation);
    const decide = () => {
      if (writes) return decideRotation(view());
      if (step === "VERIFY_CONNECTION") return decideVerify(view());
      const asked = event.kind === "step" && event.step === "UPDATE_TARGET_SYSTEM" ? event.versionNo : null;
      return decideUpdate({ ...view(), mayBePromoted: mayBePromoted(observation, asked) });
    };
    return { observation, currentNo: observation?.current.versionNo ?? null, decide };
  };
}

/** Every turn either waits or asks something of a remote side, so this many do not fit into any budget: reaching it is a defect. */
const MOST_TURNS = 2_000;

/**
 * Observe, decide, act, until the step or the whole rotation is done.
 * @param report filled while it runs, so that it is complete when this throws
 * @throws RotationError what ended the call
 */
export async function run(
  initial: Invocation,
  event: Exclude<RotationEvent, { kind: "action" }>,
  report: RunReport,
): Promise<Outcome> {
  const allowed = stagesOf[event.kind === "step" ? event.step : "ROTATION"];
  const memory = createMemory();
  const patience = createPatience(initial, memory);
  const look = planOf(event);
  let invocation = initial;
  let seen: Look | null = null;

  const runStage = async (observation: Observation | null, action: StageAction) => {
    const stage = stageOf(action);
    if (!allowed.includes(stage)) throw new RotationError("INTERNAL", `${stage} has no place in this step`);
    const started = invocation.clock.monotonic();
    const note = (outcome: string) => {
      const ms = Math.round(invocation.clock.monotonic() - started);
      report.stages.push({ stage, outcome, ms });
      invocation.log.info("stage", { stage, outcome, ms });
    };
    try {
      const effect = await act(invocation, memory, observation, action);
      note(effect.outcome);
      return effect;
    } catch (thrown) {
      note(asRotationError(thrown).code);
      throw thrown;
    }
  };

  const turn = async (): Promise<Outcome | null> => {
    if (seen === null) {
      seen = await look(invocation, memory);
      if (report.rotationId === null && seen.currentNo !== null) {
        report.rotationId = `${shortOcid(invocation.secretId)}-${seen.currentNo}`;
        invocation = { ...invocation, log: invocation.log.with({ rotationId: report.rotationId }) };
      }
    }
    const action = seen.decide();
    switch (action.kind) {
      case "done":
        return action;
      case "fail":
        throw new RotationError(action.code, action.what, action.nextAction);
      case "drop":
        memory.hand = null;
        return null;
      case "wait":
        await patience.wait(action.until);
        seen = null;
        return null;
      default: {
        const effect = await runStage(seen.observation, action);
        if (effect.next === "promoted") {
          await tidyAfterPromote(invocation);
          return { code: "OK", versionNo: action.kind === "promote" ? action.versionNo : null };
        }
        if (effect.next === "look") seen = null;
        if (effect.isRetry) await patience.wait(action.kind === "promote" ? "promoted" : "stored");
        else patience.reset();
        return null;
      }
    }
  };

  for (let turns = 0; turns < MOST_TURNS; turns++) {
    try {
      const outcome = await turn();
      if (outcome !== null) return { code: outcome.code, versionNo: outcome.versionNo };
    } catch (thrown) {
      // A value in hand exists nowhere else: only the platform's deadline ends the tries to store it.
      if (memory.hand === null || patience.isSpent()) throw thrown;
      memory.hand.failure = asRotationError(thrown);
      seen = null;
      await patience.wait("stored");
    }
  }
  throw new RotationError("INTERNAL", "the rotation did not come to an end");
}
