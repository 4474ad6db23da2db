import { versionAt } from "../emulator/vault-state.ts";
import { isObject, parseObject } from "../emulator/wire.ts";
import type { History } from "./drive.ts";

interface Heard {
  readonly at: number;
  readonly id: string;
  readonly versionNo: number;
}

function heardIn({ world }: History): Heard[] {
  return world.emulator.state.received.webhooks.flatMap(({ at, body }) => {
    const told = parseObject(body);
    return isObject(told) && told["usecase"] === "credentialRotation"
      ? [{ at, id: String(told["id"]), versionNo: Number(told["versionNo"]) }]
      : [];
  });
}

/**
 * Invariant I8: whoever is registered hears of a change after the promotion, at least once, and each time under the same id.
 * @param isConverged what ran at last, without faults, has left all well: then it has told what there was to tell
 */
export function judgeTold(history: History, isConverged: boolean): string[] {
  const { world, schedule } = history;
  if (!schedule.combination.subscribed) return [];
  const heard = heardIn(history);
  const problems: string[] = [];
  const currentNo = versionAt(world.emulator.admin.secret(world.setup.secretId), "CURRENT")?.number;
  if (isConverged && currentNo !== 1 && !heard.some(({ versionNo }) => versionNo === currentNo)) {
    problems.push(`nobody was told that version ${currentNo} is CURRENT`);
  }
  const ids = new Map<number, string>();
  for (const { at, id, versionNo } of heard) {
    const since = world.effects.list.find(
      (effect) =>
        effect.kind !== "issuer" && effect.versionNo === versionNo && (effect.kind === "promote" || effect.asCurrent),
    )?.at;
    if (since === undefined || since > at) problems.push(`version ${versionNo} was told before it was CURRENT`);
    if ((ids.get(versionNo) ?? id) !== id) problems.push(`version ${versionNo} was told under two ids`);
    ids.set(versionNo, id);
  }
  return problems;
}
