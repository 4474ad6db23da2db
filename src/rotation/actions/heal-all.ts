import type { Answer } from "../answer.ts";
import { answerOfMany, followCursor, type Words } from "./answer-of-many.ts";
import { countFound } from "./count-found.ts";
import { healed, inOrder } from "./heal-order.ts";
import { findSecrets, type ManyContext } from "./many.ts";
import { Rounds, type Work } from "./rounds.ts";

const words: Words = { action: "heal", did: "healed", fine: "healthy", fineWords: "healthy" };

/**
 * Heals every secret in the configured compartments whose rotation targets this function, while time remains.
 * @param cursor of the answer to go on from; null: begins with the most urgent
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function healAll(context: ManyContext, cursor: string | null): Promise<Answer> {
  const { done, isLeft } = followCursor("heal", cursor, context.clock.now());
  const found = await findSecrets(context, healed);
  const secrets = found.filter(isLeft);
  const work: Work = { name: "heal", task: { name: "HEAL" }, mints: false, whenRoom: null, limit: null };
  const rounds = new Rounds(context, await inOrder(context, secrets), work);
  await rounds.toTheEnd();
  // A cursor leaves out those of the calls before.
  if (cursor === null) countFound(context, found, rounds);
  return answerOfMany(words, rounds, done, context.clock.now());
}
