import { createBudget } from "../base/budget.ts";
import { asRotationError, isErrorCode } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Settings } from "../base/settings/settings.ts";
import { createTally, type OutcomeCode, resultOf, type Step, SUCCESSES, type Tally } from "../base/tally.ts";
import { createOciRequester } from "../clients/http/oci-request.ts";
import { postMetrics } from "../clients/metrics/post-metrics.ts";
import type { CallSeams } from "../clients/seams.ts";
import type { Answer } from "./answer.ts";
import type { Task } from "./task.ts";

/** No answer waits longer than this for its metrics. */
const MOST_MS = 2_000;
/** With less time than this nothing could be sent. */
const LEAST_MS = 250;

/** What a call is measured with. */
export interface Measuring extends Pick<CallSeams, "clock" | "vaultAccess"> {
  readonly settings: Settings;
  readonly deadline: Date | null;
  readonly log: Log;
  /** OCID of this function; null: not running as one, and then nothing is posted. */
  readonly functionId: string | null;
}

/** The code that an answer begins with. */
export function endingOf({ returnMessage }: Pick<Answer, "returnMessage">): OutcomeCode {
  const [code = ""] = returnMessage.split(":");
  return SUCCESSES.find((success) => success === code) ?? (isErrorCode(code) ? code : "INTERNAL");
}

/**
 * Runs a call, and posts what it counted when all else is done. What becomes of the post changes neither the answer nor
 * the error.
 */
export async function measured(
  measuring: Measuring,
  step: Step,
  call: (tally: Tally) => Promise<Answer>,
): Promise<Answer> {
  const { settings, clock, deadline } = measuring;
  const tally = createTally();
  const { metricNamespace, metricCompartmentId } = settings;
  const { functionId } = measuring;
  if (metricNamespace === null || metricCompartmentId === null || functionId === null) return call(tally);
  const budget = createBudget(clock, deadline, {
    budgetMs: settings.budgetSeconds * 1000,
    marginMs: settings.deadlineMarginSeconds * 1000,
    callTimeoutMs: MOST_MS,
  });
  const place = { namespace: metricNamespace, compartmentId: metricCompartmentId, functionId };
  const post = async (outcome: OutcomeCode) => {
    tally.note("Calls", 1, { step, outcome, result: resultOf(outcome) });
    const until = budget.callDeadline();
    const points = tally.points();
    const failed = (why: string, status: number | null) =>
      measuring.log.warn("metrics-not-posted", { outcome: why, status, points: points.length });
    if (until - clock.monotonic() < LEAST_MS) return failed("no-time", null);
    try {
      const { transport, signer, monitoringEndpoint } = measuring.vaultAccess(settings);
      if (monitoringEndpoint === undefined) return;
      const request = createOciRequester(transport, signer);
      const send = (path: string, body: string) =>
        request({ method: "POST", url: `${monitoringEndpoint}${path}`, body, deadline: until });
      const posted = await postMetrics(send, points, place, clock.now());
      if (posted.outcome !== "posted") failed(posted.outcome, posted.status);
    } catch (thrown) {
      failed(asRotationError(thrown).code, null);
    }
  };
  let answer: Answer;
  try {
    answer = await call(tally);
  } catch (thrown) {
    await post(asRotationError(thrown).code);
    throw thrown;
  }
  await post(endingOf(answer));
  return answer;
}

const TASKS: Readonly<Record<Task["name"], "rotation" | "heal" | "retire">> = {
  VERIFY_CONNECTION: "rotation",
  CREATE_PENDING_VERSION: "rotation",
  UPDATE_TARGET_SYSTEM: "rotation",
  PROMOTE_PENDING_VERSION: "rotation",
  ROTATION: "rotation",
  HEAL: "heal",
  RETIRE: "retire",
};
/** Steps after which a rotation by Vault goes on. */
const UNDER_WAY: readonly Task["name"][] = ["VERIFY_CONNECTION", "CREATE_PENDING_VERSION", "UPDATE_TARGET_SYSTEM"];

/** Counts a secret whose run has ended. A rotation by Vault counts once: at its last step, or at the one that failed. */
export function noteRun(tally: Pick<Tally, "note">, name: Task["name"], outcome: OutcomeCode): void {
  const result = resultOf(outcome);
  if (result === "ok" && UNDER_WAY.includes(name)) return;
  tally.note("Runs", 1, { task: TASKS[name], outcome, result });
}
