import type { Answer } from "../../src/rotation/handler.ts";
import { judgeAcknowledged } from "./acknowledged.ts";
import { leaksOf } from "./canary.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import type { History } from "./history.ts";
import { inherentReason } from "./inherent.ts";
import { provenIssuers } from "./issuers/index.ts";
import { judgeAlarms } from "./judge-alarms.ts";
import { judgePromotions } from "./promotions.ts";
import { isSingle } from "./schedule.ts";
import { judgeTold } from "./told.ts";
import { type Call, MAX_REQUESTS_A_CALL } from "./world.ts";

/** What the checker says of one schedule. Every entry of `problems` is a violation in words, without any secret. */
export interface Judgement {
  readonly isLost: boolean;
  /** Why no product could prevent the loss. The answer must then report it. */
  readonly inherent: string | null;
  readonly isConverged: boolean;
  readonly unverified: number;
  readonly exceptions: number;
  readonly leaks: number;
  /** What is neither lost, unverified, leaked nor unconverged: malformed answers, loops, promoted claims, misuse of an API. */
  readonly otherViolations: number;
  readonly rounds: number | null;
  readonly extraMints: number;
  readonly longestDeadMs: number;
  /** An answer said that the value is refused, or no way back is left, and it was not so; or a value that worked was dropped. */
  readonly isFalseAlarm: boolean;
  readonly problems: readonly string[];
}

const MESSAGE = /^[A-Z][A-Z_]*: .+\. Next: .+\.$/s;
const STEP_MEMBERS = "responseCode,returnMessage,versionNo";

/** What is wrong with how a call ended, if anything. */
function problemOfCall({ end, event, sent }: Call): string | null {
  if (sent > MAX_REQUESTS_A_CALL) return `a call sent more than ${MAX_REQUESTS_A_CALL} requests`;
  if (end === null) return "a call did not end";
  if (end.kind === "killed") return null;
  if (end.kind === "threw") return "the handler threw";
  return problemOfAnswer(end.answer, event);
}

/** What is wrong with the form of an answer, if anything. */
export function problemOfAnswer(answer: Answer, event: unknown): string | null {
  if (typeof answer !== "object" || answer === null) return "the answer is no object";
  if (typeof answer.responseCode !== "number") return "responseCode is no number";
  if (typeof answer.returnMessage !== "string" || !MESSAGE.test(answer.returnMessage)) {
    return "returnMessage is not in the form CODE: what. Next: what to do.";
  }
  if (answer.returnMessage.startsWith("INTERNAL:")) return "the answer is INTERNAL";
  if (answer.versionNo !== null && !Number.isInteger(answer.versionNo)) return "versionNo is neither a number nor null";
  const isStep = typeof event === "object" && event !== null && "step" in event;
  return isStep && Object.keys(answer).sort().join() !== STEP_MEMBERS ? "a step's answer has other members" : null;
}

/** The answer that sends an operator to the console. */
export function saidLockedOut({ end }: Call): boolean {
  return end?.kind === "answered" && end.answer.responseCode === 400 && /^LOCKED_OUT: /.test(end.answer.returnMessage);
}

/**
 * Judges a finished schedule from the outside: state of issuer and Vault, recorded requests, answers, log.
 * @param isAlarmWrong false alarms are violations: under one fault, but not under several
 */
export function check(history: History, isAlarmWrong = isSingle(history.schedule)): Judgement {
  const { world, schedule, rotations } = history;
  const condition = conditionOf(world);
  const problems: string[] = [];
  const reason = condition.isStored ? null : inherentReason(history);
  const isLost = !condition.isStored && reason === null;
  if (isLost) problems.push("lost: no version holds a client secret that the issuer accepts");
  if (reason !== null && schedule.combination.requireWayBack) {
    problems.push(`lost although OROT_REQUIRE_WAY_BACK is on (${reason})`);
  }
  const last = history.quiet.at(-1)?.at(-1);
  const isTold = reason === null || (last !== undefined && saidLockedOut(last));
  if (!isTold) problems.push(`locked out (${reason}), and the next run did not say LOCKED_OUT`);
  const isConverged = reason === null ? history.rounds !== null && hasConverged(condition) : isTold;
  if (!isConverged && !isLost && reason === null) {
    const pending = condition.pendingCredentials;
    const state = `CURRENT ${condition.isCurrentGood ? "logs in" : "does not log in"}`;
    problems.push(
      `not converged: ${state}, PENDING credentials: ${pending.length === 0 ? "none" : pending.join(", ")}`,
    );
  }
  const versions = world.emulator.admin.secret(world.setup.secretId).versions.map(({ content }) => content);
  const promotions = judgePromotions({ world, versions });
  const leaks = leaksOf(history);
  const alarms = judgeAlarms(history, condition.isStored);
  const untold = judgeTold(history, isConverged);
  const malformed = world.calls.flatMap((call) => problemOfCall(call) ?? []);
  const isMisled = schedule.combination.authority && world.calls.some(saidLockedOut);
  const isRefused =
    promotions.longestDeadMs > 0 && provenIssuers[schedule.combination.issuer].keepsCurrent(schedule.flow);
  const overlap = [
    ...judgeAcknowledged(history),
    ...(isRefused
      ? [`the issuer refused CURRENT for ${Math.round(promotions.longestDeadMs)} ms, and need not have`]
      : []),
    ...(history.survivors.length > 0
      ? [`a call that was to end it left version ${history.survivors.join()} at work`]
      : []),
  ];
  problems.push(
    ...overlap,
    ...(isMisled ? ["an answer was LOCKED_OUT although a second authority is configured"] : []),
    ...promotions.unverified,
    ...promotions.claims,
    ...leaks.map((where) => `leak: a secret or token in the ${where}`),
    ...malformed,
    ...untold,
    ...(isAlarmWrong ? alarms : []),
    ...world.emulator.violations,
  );
  const mints = world.effects.list.filter(({ kind, record }) => kind === "issuer" && record.call !== "retire").length;
  return {
    isLost: isLost || (reason !== null && schedule.combination.requireWayBack),
    inherent: reason,
    isConverged,
    unverified: promotions.unverified.length,
    exceptions: promotions.exceptions,
    leaks: leaks.length,
    otherViolations:
      overlap.length +
      (isMisled ? 1 : 0) +
      promotions.claims.length +
      malformed.length +
      untold.length +
      (isAlarmWrong ? alarms.length : 0) +
      world.emulator.violations.length,
    rounds: history.rounds,
    extraMints: Math.max(0, mints - rotations),
    longestDeadMs: promotions.longestDeadMs,
    isFalseAlarm: alarms.length > 0,
    problems,
  };
}
