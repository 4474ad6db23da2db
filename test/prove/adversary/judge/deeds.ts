import { isHis, versionsOf, works } from "../condition.ts";
import type { Run } from "../finished.ts";
import { isFunction } from "./changes.ts";

/** What the function did to versions and values of S's own client. */
export interface Deeds {
  /** Versions of the history, by number, that are deleted or await it. */
  readonly deleted: readonly number[];
  /** Deleted ones that were written since and hold what the issuer accepts. */
  readonly deletedGood: readonly number[];
  /** New values that the issuer came to accept. */
  readonly mints: number;
  readonly retirements: number;
  /** At the end, beyond the heal. */
  readonly rotations: number;
}

export function deedsOf(run: Run): Deeds {
  const { prepared, watch, world } = run;
  const before = prepared.state.vault.secrets[prepared.secretIds.S]?.versions.length ?? 0;
  const gone = versionsOf(run).filter(({ deleted, deletionAt }) => deleted || deletionAt !== null);
  const changes = watch.changes.filter(({ owner, caller }) => owner === "S" && isFunction(caller));
  return {
    deleted: gone.filter(({ number }) => number <= before).map(({ number }) => number),
    deletedGood: gone
      .filter((version) => version.number > before && !isHis(run, version) && works(run, version))
      .map(({ number }) => number),
    mints: changes.filter(({ added }) => added.length > 0).length,
    retirements: changes.filter(({ sequence }) => world.emulator.requests[sequence - 1]?.call === "retire").length,
    rotations: run.rotations,
  };
}

/** Of several runs without the attacker, whatever one of them does. */
export function eitherOf(one: Deeds, other: Deeds): Deeds {
  return {
    deleted: [...one.deleted, ...other.deleted],
    deletedGood: [...one.deletedGood, ...other.deletedGood],
    mints: Math.max(one.mints, other.mints),
    retirements: Math.max(one.retirements, other.retirements),
    rotations: Math.min(one.rotations, other.rotations),
  };
}

const rotating = ["four-steps", "whole", "compromised"];

/** A deletion, mint or retirement that the same run without the attacker does not have, of what is not his. */
export function judgeLent(run: Run, base: Deeds): string[] {
  const deeds = deedsOf(run);
  // A rotation mints once, and ends an overlap before it and the one that it begins; so may each at the end beyond those of the run without him.
  const asked = rotating.includes(run.schedule.event) ? 1 : 0;
  // One fault may cost one more of either, wherever it strikes.
  const faults = run.schedule.fault === null ? 0 : 1;
  const further = Math.max(0, deeds.rotations - base.rotations) + faults;
  // Forged acknowledgements end one overlap where true ones are waited for, and so does an end of all graces. When, is judged elsewhere.
  const { kind, moves } = run.schedule;
  const isForged = moves.some(({ move }) => move.startsWith("ack-") || move === "no-grace-all");
  const ended = kind.acknowledges && isForged ? 1 : 0;
  const deleted = [...deeds.deleted.filter((number) => !base.deleted.includes(number)), ...deeds.deletedGood];
  const more = (what: string, number: number, without: number, ordinary: number) =>
    number > Math.max(without, ordinary) + further
      ? [`lent: ${number} ${what}, and ${without} without the attacker`]
      : [];
  return [
    ...deleted.map((number) => `lent: version ${number} is deleted, and is not without the attacker`),
    ...more("new values", deeds.mints, base.mints, asked),
    ...more("retirements", deeds.retirements, base.retirements, 2 * asked + ended),
  ];
}
