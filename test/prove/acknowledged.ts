import { HOUR_MS, MINUTE_MS } from "../../src/base/durations.ts";
import { isObject } from "../../src/emulator/core/wire.ts";
import { versionAt } from "../../src/emulator/vault/state.ts";
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

/** The issuer is asked to end the older value only once every subscriber says that it has CURRENT, or after the longest grace. */
export function judgeAcknowledged({ world, schedule }: History): string[] {
  if (!schedule.combination.acknowledges) return [];
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
