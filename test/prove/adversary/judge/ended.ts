import { ATTACKER } from "../attacker.ts";
import { named, versionsOf } from "../condition.ts";
import type { Run } from "../finished.ts";
import type { MoveName } from "../moves.ts";
import { endsUnstored } from "../owner.ts";
import type { Change, Turn } from "../watch.ts";
import { isTwoSlot, LEAST_GRACE_MS } from "../worlds.ts";
import { isFunction } from "./changes.ts";

/** A promotion may be noted, or land, so much later than it was sent. */
const SLACK_MS = 120_000;

/** Whoever may write the secret may end a grace by this, and the documentation says so. */
const endsGrace: readonly MoveName[] = ["no-grace-all"];

const turnsBefore = ({ watch }: Run, { sequence }: Change): readonly Turn[] =>
  watch.turns.filter((turn) => turn.sequence < sequence);

/** Whether no value has a grace: the older one ends as soon as a newer one is installed. */
const isAtOnce = ({ event, moves }: Run["schedule"]): boolean =>
  event === "compromised" || moves.some(({ move }) => endsGrace.includes(move));

/** Not where the attacker has chosen what is CURRENT, nor where it is to end at once. */
function endsCurrent(run: Run, change: Change): boolean {
  const turn = turnsBefore(run, change).at(-1);
  if (turn?.caller === ATTACKER || isAtOnce(run.schedule)) return false;
  const version = versionsOf(run).find(({ number }) => number === turn?.number);
  const value = version === undefined ? null : named(run.prepared, version.content).value;
  return value !== null && change.removed.includes(value);
}

/**
 * A request to end the older value, before it may end whoever has acknowledged what. A retirement at a Keycloak, and one of compromised values,
 * are asked for by who may.
 */
function isTooEarly(run: Run, change: Change): boolean {
  const { schedule, prepared, world } = run;
  const isAsked = isAtOnce(schedule) || (schedule.event === "retire" && prepared.kind.issuer === "keycloak-policy");
  const isRetirement = world.emulator.requests[change.sequence - 1]?.call === "retire";
  if (prepared.kind.acknowledges !== true || isAsked || !isRetirement) return false;
  // What the attacker makes CURRENT begins no grace.
  const turn = turnsBefore(run, change).findLast(({ caller }) => caller !== ATTACKER);
  const since = turn === undefined || turn.sequence === 0 ? prepared.currentAt : turn.at;
  return change.at < since + LEAST_GRACE_MS - SLACK_MS;
}

/** The owner has asked for it in so many words. */
function isAskedFor({ world, prepared }: Run, { caller }: Change): boolean {
  const asked = JSON.stringify(endsUnstored(prepared.secretIds.S));
  return world.calls.some(({ process, event }) => process === caller && JSON.stringify(event) === asked);
}

/**
 * Of an issuer that keeps two values: CURRENT's was ended, or the older one before the shortest grace was over, or the one from before an
 * adoption, of which nobody knows who uses it.
 */
export function judgeEnded(run: Run): string[] {
  const { prepared, watch } = run;
  if (!isTwoSlot(prepared.kind)) return [];
  const { unstored, kind } = prepared;
  return watch.changes
    .filter(({ owner, caller, removed }) => owner === "S" && removed.length > 0 && isFunction(caller))
    .flatMap((change) => [
      ...(endsCurrent(run, change) ? ["CURRENT's value"] : []),
      ...(isTooEarly(run, change) ? ["the older value before its shortest grace is over"] : []),
      // A policy of Keycloak ends the older value by itself.
      ...(kind.issuer === "uaa" && unstored !== null && change.removed.includes(unstored) && !isAskedFor(run, change)
        ? ["the value from before the adoption"]
        : []),
    ])
    .map((what) => `ended: ${what}`);
}
