import type { Emulator } from "../../src/emulator/emulator.ts";
import type { Answer } from "../../src/rotation/handler.ts";
import { conditionOf } from "./condition.ts";
import { claimEndsAt } from "./contents.ts";
import type { Setup } from "./setup.ts";

/** An answer that sends an operator to the console, and how things stood at that moment. */
export interface Alarm {
  readonly code: "LOCKED_OUT" | "SECRET_REJECTED";
  /** CURRENT logged in. */
  readonly isCurrentGood: boolean;
  /** Some version held a value that the issuer accepted. */
  readonly isStored: boolean;
  /** A claim belonged to its writer, who may have had an unsaved value. */
  readonly isClaimed: boolean;
}

const ALARM = /^(LOCKED_OUT|SECRET_REJECTED): /;

/** Null: the answer is none. */
export function alarmIn(answer: Answer | null, emulator: Emulator, setup: Setup, now: number): Alarm | null {
  const code = ALARM.exec(String(answer?.returnMessage))?.[1];
  if (code === undefined) return null;
  const { isCurrentGood, isStored } = conditionOf({ emulator, setup });
  const isClaimed = claimEndsAt(emulator.admin.secret(setup.secretId)) > now;
  return { code: code as Alarm["code"], isCurrentGood, isStored, isClaimed };
}

/**
 * The alarm was false: no operator had to act.
 * @param isStoredAtLast a version holds a value that the issuer accepts in the end, although no operator helped
 */
export function isFalse(alarm: Alarm, isStoredAtLast: boolean): boolean {
  if (alarm.code === "SECRET_REJECTED") return alarm.isCurrentGood;
  return alarm.isStored || (alarm.isClaimed && isStoredAtLast);
}
