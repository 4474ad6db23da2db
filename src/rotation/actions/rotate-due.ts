import { limitedTo, turnOf } from "../../base/budget.ts";
import { DAY_MS } from "../../base/durations.ts";
import { asRotationError } from "../../base/errors.ts";
import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import type { Answer } from "../answer.ts";
import { dueAt } from "../due/due.ts";
import type { DueWish } from "../due/due-wish.ts";
import { listedDates } from "../due/listed-dates.ts";
import { listedNotice, lookAndGiveNotice } from "../due/notice.ts";
import { ageOf } from "../due/why-not-now.ts";
import { isAbandoned, readOwnTags } from "../housekeeping/rotation-tags.ts";
import type { Pacer } from "../pace/pacer.ts";
import { answerOfMany, followCursor, type Words } from "./answer-of-many.ts";
import { AT_ONCE, findSecrets, type ManyContext, type Order, type Sought } from "./many.ts";
import { Rounds, requireTimeForOne, type Work } from "./rounds.ts";

/** What the event asks for. */
export interface RotateDueWish {
  readonly withinMs: number;
  /** 0: none makes a secret due; null: OROT_MAX_AGE_DAYS does. */
  readonly maxAgeMs: number | null;
  /** The most secrets to rotate; null: as many as there is time for. */
  readonly limit: number | null;
  /** Of the answer to go on from; null: begins with the most urgent. */
  readonly cursor: string | null;
}

const words: Words = { action: "rotate-due", did: "rotated", fine: "notDue", fineWords: "not due" };

/**
 * Those that this function rotates, scheduled or not, and those that no target is set for and a heal has tagged.
 */
const meant: Sought = {
  action: "rotate-due",
  isMeant: ({ rotation, tags, isReplica }, functionId) => {
    if (isReplica || isAbandoned(tags)) return false;
    if (rotation.functionId !== null) return rotation.functionId === functionId;
    return rotation.targetType === null && readOwnTags(tags ?? {}, Number.POSITIVE_INFINITY).issuer !== null;
  },
  ownEvent: "own-secret-not-rotated",
};

/** Share of the time for finding out how old values are. Rotations get the rest. */
const LOOKING_SHARE = 0.25;
/** Time limit of the look at one secret. */
const LOOK_MS = 5_000;
/** Time limit of the look at one secret that is not due yet, and of its notice. */
const NOTICE_MS = 20_000;

/**
 * Rotates what is due in the configured compartments, the most urgent first, as fast as each issuer's limit allows, while
 * time remains. Each secret is judged again at the first look of its rotation.
 * @param whenRoom runs a rotation as soon as its issuer has room
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function rotateDue(
  context: ManyContext,
  { withinMs, maxAgeMs, limit, cursor }: RotateDueWish,
  whenRoom: Pacer["run"],
): Promise<Answer> {
  const { clock, settings } = context;
  const { done, isLeft } = followCursor("rotate-due", cursor, clock.now());
  const ageMs = maxAgeMs ?? (settings.maxAgeDays ?? 0) * DAY_MS;
  const due: DueWish = { withinMs, maxAgeMs: ageMs === 0 ? null : ageMs };
  const secrets = (await findSecrets(context, meant)).filter(isLeft);
  const work: Work = { name: "rotate-due", task: { name: "ROTATION", due }, mints: true, whenRoom, limit };
  const notice = listedNotice(context, due);
  const { order, later } = await inUrgency(context, secrets, due, notice);
  const [first] = order.others;
  // A function whose time is too short for one rotation must not answer that secrets remain, for ever.
  if (first !== undefined) requireTimeForOne(context);
  const rounds = new Rounds(context, order, work);
  await rounds.toTheEnd();
  await giveNotices(context, later, due);
  return answerOfMany(words, rounds, done, clock.now());
}

/** Notifies the subscribers of the secrets that are due soon, in the time that the rotations have left. */
async function giveNotices(context: ManyContext, secretIds: readonly string[], due: DueWish): Promise<void> {
  const { budget, clock, contextFor } = context;
  await mapConcurrent(secretIds, AT_ONCE, async (secretId) => {
    if (budget.remaining() < NOTICE_MS) return;
    await lookAndGiveNotice(contextFor(secretId, turnOf(budget, clock, NOTICE_MS)), due);
  });
}

/**
 * The secrets that are due, the most urgent first. Those for which a heal noted an error that only an operator resolves
 * come last: however many they are, they keep no other from its turn. `later`: those that only a notice is due for.
 */
async function inUrgency(
  context: ManyContext,
  secrets: readonly ListedSecret[],
  wish: DueWish,
  notice: DueWish | null,
): Promise<{ readonly order: Order; readonly later: readonly string[] }> {
  const { clock, budget } = context;
  const now = clock.now();
  const isDueNow = (at: number | null) => at !== null && at <= now + wish.withinMs;
  const widest = notice ?? wish;
  const until = now + widest.withinMs;
  const looksUntil = budget.remaining() * (1 - LOOKING_SHARE);
  const dated = await mapConcurrent(secrets, AT_ONCE, async (secret) => {
    const dates = listedDates(secret, now);
    const isTooOldAt = isDueNow(dueAt(dates)) ? null : await tooOldAt(context, secret, widest, looksUntil);
    const outcome = readOwnTags(secret.tags ?? {}, now).outcome;
    const hasFailed = outcome !== null && outcome.code !== "OK";
    return { secretId: secret.secretId, hasFailed, at: dueAt({ ...dates, tooOldAt: isTooOldAt }) };
  });
  const inOrder = dated
    .flatMap(({ at, ...one }) => (at !== null && at <= until ? [{ ...one, at }] : []))
    .sort((one, other) => Number(one.hasFailed) - Number(other.hasFailed) || one.at - other.at);
  const idsOf = (isMeant: (at: number) => boolean) =>
    inOrder.filter(({ at }) => isMeant(at)).map(({ secretId }) => secretId);
  return { order: { failed: [], others: idsOf(isDueNow) }, later: idsOf((at) => !isDueNow(at)) };
}

/**
 * When the value in CURRENT is too old; null: not within the time asked for. A list does not show it. What there is no
 * time to look at counts from the secret's own beginning, and its rotation looks again.
 */
async function tooOldAt(
  { contextFor, budget, clock, log }: ManyContext,
  { secretId, createdAt }: ListedSecret,
  { maxAgeMs, withinMs }: DueWish,
  looksUntil: number,
): Promise<number | null> {
  const madeBy = clock.now() + withinMs - (maxAgeMs ?? 0);
  // A value is no older than its secret.
  if (maxAgeMs === null || createdAt > madeBy) return null;
  if (budget.remaining() < looksUntil) return createdAt + maxAgeMs;
  const look = limitedTo(budget, clock, LOOK_MS);
  const context = contextFor(secretId, look);
  const vault = context.clients.vaultWithin(look);
  try {
    const list = await vault.listVersions();
    if (list === null) return createdAt + maxAgeMs;
    const madeAt = await ageOf({ clients: { ...context.clients, vault } }, list, madeBy);
    return madeAt === null ? null : madeAt + maxAgeMs;
  } catch (thrown) {
    log.warn("rotate-due-look-failed", { secretId, outcome: asRotationError(thrown).code });
    return createdAt + maxAgeMs;
  }
}
