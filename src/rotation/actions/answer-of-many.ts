import { failure, success } from "../../base/answer.ts";
import { RotationError } from "../../base/errors.ts";
import { shortOcid } from "../../base/log.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import type { Answer } from "../answer.ts";
import { type Done, isDone, readCursor, type WithCursor, writeCursor } from "./cursor.ts";
import type { Rounds } from "./rounds.ts";

/** What an action calls its counts, in the answer and in its words. */
export interface Words {
  readonly action: WithCursor;
  readonly did: "healed" | "rotated";
  readonly fine: "healthy" | "notDue";
  readonly fineWords: string;
}

/** @throws RotationError EVENT_INVALID for a cursor that this action has not answered */
export function followCursor(
  action: WithCursor,
  cursor: string | null,
  now: number,
): { readonly done: Done; readonly isLeft: (secret: ListedSecret) => boolean } {
  const done: Done = cursor === null ? new Set() : readCursor(action, cursor, now);
  return { done, isLeft: ({ secretId }) => !isDone(done, secretId) };
}

/**
 * Every caller of the function can read this answer. Of a failed secret it gives the code, and the same short id as the
 * log.
 * @param done those of the calls before, by the cursor
 */
export function answerOfMany(
  words: Words,
  { counts, firstFailure, done: ids }: Rounds,
  done: Done,
  now: number,
): Answer {
  const { action, fineWords } = words;
  const { did, fine, busy, failed, remaining } = counts;
  const named = { [words.did]: did, [words.fine]: fine, busy, failed, remaining };
  const what = `${did} ${words.did}, ${fine} ${fineWords}, ${busy} busy, ${failed} failed, ${remaining} left`;
  const cursor = remaining > 0 ? writeCursor(action, done, ids, now) : null;
  const more = { ...named, ...(cursor !== null && { cursor }) };
  if (firstFailure !== null && firstFailure.error !== null) {
    // The alarm or schedule that sent this must see that work is left, and of what kind.
    const why = new RotationError(
      firstFailure.error.code,
      `${what}; the first failure is that of the secret whose OCID ends in ${shortOcid(firstFailure.secretId)}`,
      `read the log lines ${action}-failed`,
    );
    return { ...failure(why), ...more };
  }
  const next = remaining > 0 ? `send ${action} again` : "nothing";
  return { ...success(did > 0 ? "OK" : "NOTHING_TO_DO", what, null, next), ...more };
}
