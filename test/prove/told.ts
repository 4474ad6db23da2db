import { isObject, parseObject } from "../../src/emulator/core/wire.ts";
import { versionAt } from "../../src/emulator/vault/state.ts";
import type { History } from "./history.ts";

interface Heard {
  readonly at: number;
  readonly id: string;
  readonly versionNo: number;
}

type Received = History["world"]["emulator"]["state"]["received"];

function heardIn(messages: readonly { readonly at: number; readonly body: string }[]): Heard[] {
  return messages.flatMap(({ at, body }) => {
    const told = parseObject(body);
    return isObject(told) && told["usecase"] === "credentialRotation"
      ? [{ at, id: String(told["id"]), versionNo: Number(told["versionNo"]) }]
      : [];
  });
}

/** What each receiver got. */
function heardBy({ webhooks, topics }: Received): readonly (readonly [who: string, heard: readonly Heard[]])[] {
  const inTopic = topics.map(({ at, body }) => ({ at, body: String(parseObject(body)?.["body"]) }));
  return [
    ["the endpoint", heardIn(webhooks)],
    ["the topic", heardIn(inTopic)],
  ];
}

/**
 * Invariant I8: every subscriber and the topic are notified of a change after the promotion, at least once, and each
 * time under the same id.
 * @param isConverged the last run, without faults, left everything in order, so it has sent what there was to send
 */
export function judgeTold({ world, schedule }: History, isConverged: boolean): string[] {
  if (!schedule.combination.subscribed) return [];
  const problems: string[] = [];
  const currentNo = versionAt(world.emulator.admin.secret(world.setup.secretId), "CURRENT")?.number;
  const promotedAt = (versionNo: number) =>
    world.effects.list.find(
      (effect) =>
        effect.kind !== "issuer" && effect.versionNo === versionNo && (effect.kind === "promote" || effect.asCurrent),
    )?.at;
  const ids = new Map<number, Set<string>>();
  for (const [who, heard] of heardBy(world.emulator.state.received)) {
    if (isConverged && currentNo !== 1 && !heard.some(({ versionNo }) => versionNo === currentNo)) {
      problems.push(`${who} was not told that version ${currentNo} is CURRENT`);
    }
    for (const { at, id, versionNo } of heard) {
      if ((promotedAt(versionNo) ?? at + 1) > at)
        problems.push(`${who} heard of version ${versionNo} before it was CURRENT`);
      ids.set(versionNo, (ids.get(versionNo) ?? new Set()).add(id));
    }
  }
  for (const [versionNo, { size }] of ids) {
    if (size > 1) problems.push(`version ${versionNo} was sent under ${size} ids`);
  }
  return problems;
}
