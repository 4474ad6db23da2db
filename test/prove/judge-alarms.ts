import { isFalse } from "./alarms.ts";
import { seenContent } from "./contents.ts";
import type { Effect } from "./effects.ts";
import type { History } from "./history.ts";
import { provenIssuers } from "./issuers/index.ts";
import { OPERATOR } from "./operator.ts";
import type { World } from "./world.ts";

/** After this time every node knows a new value, by the protocol's own assumption. */
const LANDING_BOUND_MS = 60_000;

/**
 * The issuer refused a working value although every node should have known it. Believing that refusal is no fault.
 * @param until the value worked until then
 */
function isMisled({ emulator, effects, setup }: World, value: string, until = Number.POSITIVE_INFINITY): boolean {
  const issuer = provenIssuers[setup.combination.issuer];
  return emulator.requests.some((record) => {
    const isRefused = record.fault === null && (record.status ?? 0) >= 400 && record.time < until;
    if (!isRefused || issuer.loginOf(record)?.secret !== value) return false;
    const made = effects.list.findLast(({ kind, at }) => kind === "issuer" && at <= record.time);
    return made !== undefined && record.time - made.at > LANDING_BOUND_MS;
  });
}

function secretOf({ emulator, setup }: World, number: number): string {
  return seenContent(emulator.admin.secret(setup.secretId).versions[number - 1]?.content ?? "").clientSecret ?? "";
}

/** Versions that hold what the issuer accepts. */
function workingNow(world: World): number[] {
  const { emulator, setup } = world;
  const { versions } = emulator.admin.secret(setup.secretId);
  const issuer = provenIssuers[setup.combination.issuer];
  return versions
    .filter(({ number }) => issuer.accepts(emulator, setup.clientId, secretOf(world, number)))
    .map(({ number }) => number);
}

/** A value counts as dropped unless it was to end, was sent before it existed, or was replaced by a person. */
function droppedBy({ schedule, world }: History, effect: Effect): readonly number[] {
  const { landedAt, caller } = effect.record;
  // A process that was frozen sends what it had decided before.
  const isFrozen = schedule.run?.kind === "second-rotation-while-frozen";
  const isMeant = schedule.flow === "compromised" || isFrozen || landedAt !== null || caller === OPERATOR;
  if (effect.kind !== "issuer" || isMeant) return [];
  return effect.dropped.filter((number) => !isMisled(world, secretOf(world, number), effect.at));
}

/** False alarms, in words: an operator was sent to the console for nothing, or a working value was given up. */
export function judgeAlarms(history: History, isStored: boolean): string[] {
  const { world } = history;
  const alarms = world.calls.flatMap(({ alarm }) => (alarm !== null && isFalse(alarm, isStored) ? [alarm.code] : []));
  const dropped = world.effects.list.flatMap((effect) => droppedBy(history, effect));
  if (alarms.length + dropped.length === 0) return [];
  const isBelieved = workingNow(world).some((number) => isMisled(world, secretOf(world, number)));
  return [
    ...(isBelieved ? [] : alarms.map((code) => `an answer was ${code}, and it was not so`)),
    ...dropped.map(
      (number) => `version ${number} worked, was not yet CURRENT, and another value was made in its place`,
    ),
  ];
}
