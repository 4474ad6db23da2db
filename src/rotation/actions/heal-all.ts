import { failure, success } from "../../base/answer.ts";
import { RotationError } from "../../base/errors.ts";
import { shortOcid } from "../../base/log.ts";
import type { Answer } from "../answer.ts";
import { type Done, isDone, readCursor, writeCursor } from "./heal-cursor.ts";
import { findSecrets, type HealAllContext, inOrder } from "./heal-order.ts";
import { type Counts, type Healed, Rounds } from "./heal-rounds.ts";

/**
 * Heals every secret in the configured compartments whose rotation targets this function, while time remains.
 * @param cursor of the answer to go on from; null: begins with the most urgent
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function healAll(context: HealAllContext, cursor: string | null): Promise<Answer> {
  const { clock } = context;
  const done: Done = cursor === null ? new Set() : readCursor(cursor, clock.now());
  const secrets = (await findSecrets(context)).filter(({ secretId }) => !isDone(done, secretId));
  const rounds = new Rounds(context, await inOrder(context, secrets));
  await rounds.toTheEnd();
  const answer = answerOf(rounds.counts, rounds.firstFailure);
  const next = rounds.counts.remaining > 0 ? writeCursor(done, rounds.done, clock.now()) : null;
  return next === null ? answer : { ...answer, cursor: next };
}

/**
 * Every caller of the function can read this answer. Of a failed secret it gives the code, and the same short id as the
 * log.
 */
function answerOf(counts: Counts, firstFailure: Healed | null): Answer {
  const { healed, healthy, busy, failed, remaining } = counts;
  const what = `${healed} healed, ${healthy} healthy, ${busy} busy, ${failed} failed, ${remaining} left`;
  if (firstFailure !== null && firstFailure.error !== null) {
    // The alarm or schedule that sent this must see that work is left, and of what kind.
    const why = new RotationError(
      firstFailure.error.code,
      `${what}; the first failure is that of the secret whose OCID ends in ${shortOcid(firstFailure.secretId)}`,
      "read the log lines heal-failed",
    );
    return { ...failure(why), ...counts };
  }
  const next = remaining > 0 ? "send heal again" : "nothing";
  return { ...success(healed > 0 ? "OK" : "NOTHING_TO_DO", what, null, next), ...counts };
}
