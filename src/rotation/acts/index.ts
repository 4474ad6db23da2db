import { RotationError } from "../../base/errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { claim, prepare } from "./claim.ts";
import type { Effect, StageAction } from "./effect.ts";
import { generate, install } from "./install.ts";
import { logIn, logInWithHand } from "./logins.ts";
import { mint, readBack, readOthers } from "./mint.ts";
import { noteCurrentSince, noteNoGrace, retire, takeLease } from "./overlap.ts";
import { notePending, tryPending } from "./trial.ts";
import { promoteVersion, store, take } from "./writes.ts";

/**
 * Runs the one stage that an action stands for, and keeps in `memory` what it brought.
 * @param observation the one that the action was decided from; null where the step looks at a single version
 * @throws RotationError where the call must end; `memory.hand` then still says whether a value is in hand
 */
export async function act(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  action: StageAction,
): Promise<Effect> {
  if (action.kind === "log-in") return logIn(invocation, memory, observation, action);
  if (action.kind === "log-in-hand") return logInWithHand(memory);
  if (action.kind === "promote") return promoteVersion(invocation, memory, observation, action.versionNo);
  if (observation === null)
    throw new RotationError("INTERNAL", `${action.kind} was decided without a list of versions`);
  if (action.kind === "store") return store(invocation, memory, observation, action.versionStage);
  if (action.kind === "install") return install(invocation, memory, observation, action.versionNo);
  if (action.kind === "take") return take(invocation, memory, observation, action.versionNo);
  if (action.kind === "retire") return retire(invocation, memory, observation, action.versionNo);
  const run = {
    prepare,
    claim,
    "try-pending": tryPending,
    "note-pending": notePending,
    mint,
    generate,
    "note-current": noteCurrentSince,
    "note-no-grace": noteNoGrace,
    "take-lease": takeLease,
    "read-others": readOthers,
    "read-back": readBack,
  }[action.kind];
  return run(invocation, memory, observation);
}
