import { isHis, versionsOf, works } from "../condition.ts";
import type { Run } from "../run.ts";
import { countMints, countRetirements, type Deeds } from "./changes.ts";

/** What the function did to versions and values of S's own client. */
export function deedsOf(run: Run): Deeds {
  const { prepared } = run;
  const before = prepared.state.vault.secrets[prepared.secretIds.S]?.versions.length ?? 0;
  const gone = versionsOf(run).filter(({ deleted, deletionAt }) => deleted || deletionAt !== null);
  return {
    deleted: gone.filter(({ number }) => number <= before).map(({ number }) => number),
    deletedGood: gone
      .filter((version) => version.number > before && !isHis(run, version) && works(run, version))
      .map(({ number }) => number),
    mints: countMints(run),
    retirements: countRetirements(run),
    rotations: run.rotations,
  };
}

/** A deletion, mint or retirement that the same run without the attacker does not have, of what is not his. */
export function judgeLent(run: Run, base: Deeds): string[] {
  const deeds = deedsOf(run);
  // Each rotation that the end needed beyond those of the run without him may mint once, and end one value.
  const further = Math.max(0, deeds.rotations - base.rotations);
  const deleted = [...deeds.deleted.filter((number) => !base.deleted.includes(number)), ...deeds.deletedGood];
  return [
    ...deleted.map((number) => `lent: version ${number} is deleted, and is not without the attacker`),
    ...(deeds.mints > base.mints + further
      ? [`lent: ${deeds.mints} new values, and ${base.mints} without the attacker`]
      : []),
    ...(deeds.retirements > base.retirements + further
      ? [`lent: ${deeds.retirements} retirements, and ${base.retirements} without the attacker`]
      : []),
  ];
}
