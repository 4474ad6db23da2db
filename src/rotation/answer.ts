import { type BaseAnswer, success } from "../base/answer.ts";
import type { Verdict } from "../clients/issuers/verdict.ts";
import type { TestDelivery } from "../notify/channels.ts";
import type { Outcome } from "./outcome.ts";
import type { StageReport } from "./pipeline.ts";
import { endsUnstored, type Task } from "./task.ts";

/**
 * A whole rotation adds `stages` and `rotationId`. `check` adds `verdicts`. A heal of many secrets adds the five
 * counts, and so does a rotation of what is due; both add a cursor if they did not reach the end. `subscribers` adds the endpoints, `test-notification` the
 * deliveries.
 */
export interface Answer extends BaseAnswer {
  readonly stages?: readonly StageReport[];
  readonly rotationId?: string | null;
  readonly verdicts?: { readonly current: Verdict; readonly pending: Verdict | null };
  readonly healed?: number;
  readonly healthy?: number;
  readonly rotated?: number;
  readonly notDue?: number;
  readonly busy?: number;
  readonly failed?: number;
  readonly remaining?: number;
  /** For the same event with it, which goes on with the rest. */
  readonly cursor?: string;
  readonly endpoints?: readonly string[];
  readonly deliveries?: readonly TestDelivery[];
}

/** What happened, in words, for the reader of a success: Vault's work request, or an operator at a terminal. */
function whatHappened(task: Task, { code, versionNo, isCurrent, did }: Outcome): string {
  if (code === "ALREADY_ROTATED") return `version ${versionNo} is CURRENT already and logs in`;
  if (endsUnstored(task) && code === "OK") return `the issuer keeps the client secret of version ${versionNo} alone`;
  if (task.name === "RETIRE") {
    return code === "OK"
      ? `the issuer has deleted the client secret before version ${versionNo}`
      : `version ${versionNo} is CURRENT, and no older client secret works any more`;
  }
  if (code === "NOTHING_TO_DO") return `version ${versionNo} is CURRENT and logs in`;
  if (did === "went-back") {
    return `version ${versionNo}, which was stored before, logs in and is CURRENT; no new client secret was made`;
  }
  if (did === "retired") {
    return `the overlap has ended: the issuer has deleted the client secret before version ${versionNo}`;
  }
  switch (task.name) {
    case "VERIFY_CONNECTION":
      return versionNo === null
        ? "the issuer refuses CURRENT, and no PENDING version logs in"
        : `the client secret of version ${versionNo} logs in`;
    case "CREATE_PENDING_VERSION":
      return `version ${versionNo} holds a new client secret and is ${isCurrent ? "CURRENT" : "PENDING"}`;
    case "UPDATE_TARGET_SYSTEM":
      return `the client secret of version ${versionNo} logs in`;
    case "PROMOTE_PENDING_VERSION":
      return `version ${versionNo} logs in and is CURRENT`;
    case "ROTATION":
      return `version ${versionNo} holds a new client secret, logs in and is CURRENT`;
    case "HEAL":
      return `the interrupted rotation is finished: version ${versionNo} logs in and is CURRENT`;
  }
}

/**
 * The next action after a VERIFY_CONNECTION that found no working credential. The next step says whether a way back
 * exists.
 */
const GO_ON = "go on with CREATE_PENDING_VERSION, or run heal: it says whether a way back exists";

export function answerOf(task: Task, outcome: Outcome): Answer {
  const what = whatHappened(task, outcome);
  const [first] = outcome.warnings;
  const said = [what, ...outcome.warnings.map((warning) => `warning: ${warning.what}`)].join("; ");
  const isDown = task.name === "VERIFY_CONNECTION" && outcome.versionNo === null;
  return success(outcome.code, said, outcome.versionNo, isDown ? GO_ON : first?.next);
}
