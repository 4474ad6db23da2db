import { HOUR_MS, MINUTE_MS } from "../../src/base/durations.ts";
import { isObject } from "../../src/emulator/core/wire.ts";
import { versionAt } from "../../src/emulator/vault/state.ts";
import { conditionOf } from "./condition.ts";
import type { History } from "./history.ts";
import { LONGEST_GRACE_HOURS, START_MS, SUBSCRIBERS } from "./setup.ts";
import type { Call, World } from "./world.ts";

/** A promotion may land so much later than the note of it. */
const SLACK_MS = 2 * MINUTE_MS;

/** What an application sends once it has read CURRENT; null: there is no CURRENT to read. */
export function acknowledgementBy(endpoint: string, { emulator, setup }: World): object | null {
  const versionNo = versionAt(emulator.admin.secret(setup.secretId), "CURRENT")?.number;
  return versionNo === undefined ? null : { secretId: setup.secretId, action: "acknowledge", endpoint, versionNo };
}

/** Whether it may have landed by then, whatever was answered. */
function hasSaid({ event, startedAt }: Call, endpoint: string, versionNo: number, by: number): boolean {
  if (!isObject(event) || event["action"] !== "acknowledge" || startedAt > by) return false;
  return event["endpoint"] === endpoint && event["versionNo"] === versionNo;
}

function isAnswered({ end }: Call): boolean {
  return end?.kind === "answered" && end.answer.responseCode === 200;
}

/** The issuer is asked to end the older value only once every subscriber says that it has CURRENT, or after the longest grace. */
function judgeAsked({ world }: History): string[] {
  const promotions = world.effects.list.flatMap((effect) =>
    effect.kind === "promote" || (effect.kind === "write" && effect.asCurrent) ? [effect] : [],
  );
  const asked = world.emulator.requests.filter(({ call }) => call === "retire");
  return asked.flatMap(({ time }) => {
    const { versionNo, at } = promotions.findLast((one) => one.at <= time) ?? { versionNo: 1, at: START_MS };
    if (time >= at + LONGEST_GRACE_HOURS * HOUR_MS - SLACK_MS) return [];
    const missing = SUBSCRIBERS.filter(
      (endpoint) => !world.calls.some((call) => hasSaid(call, endpoint, versionNo, time)),
    );
    const what = `${missing.length} of ${SUBSCRIBERS.length} subscribers had acknowledged version ${versionNo}`;
    return missing.length === 0 ? [] : [`the older value was to be ended before ${what}`];
  });
}

/** Once all have acknowledged CURRENT, the last heal, which nothing is in the way of, has ended the older value. */
function judgeEnded({ world, quiet }: History): string[] {
  const current = versionAt(world.emulator.admin.secret(world.setup.secretId), "CURRENT")?.number ?? 0;
  const heal = quiet.flat().find(({ event, end }) => isObject(event) && event["action"] === "heal" && end !== null);
  const isDue = SUBSCRIBERS.every((endpoint) =>
    world.calls.some((call) => isAnswered(call) && hasSaid(call, endpoint, current, heal?.startedAt ?? 0)),
  );
  const { acceptedBeside } = conditionOf(world);
  return isDue && acceptedBeside.length > 0
    ? [`all have acknowledged version ${current}, and an older value still works`]
    : [];
}

export function judgeAcknowledged(history: History): string[] {
  return history.schedule.combination.acknowledges ? [...judgeAsked(history), ...judgeEnded(history)] : [];
}
