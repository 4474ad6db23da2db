import { Region } from "oci-common";

/** Levenshtein's distance: letters added, left out or replaced. */
function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const line = [row + 1];
    for (const [column, wanted] of [...other].entries()) {
      const replaced = (above[column] ?? 0) + (letter === wanted ? 0 : 1);
      line.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above[other.length] ?? 0;
}

/** More than this is not a slip of the keyboard. */
const MAX_SLIPS = 4;

/** "did you mean the region us-ashburn-1?" Null: it is known, or like none that is. */
export function regionMeant(text: string): string | null {
  // A comment behind the value is the most common of all slips.
  const given = (text.split(/\s/)[0] ?? "").replaceAll("_", "-").replaceAll(/["']/g, "");
  const known = Region.values().map(({ regionId }) => regionId);
  if (known.includes(text)) return null;
  const [nearest] = known
    .map((id) => ({ id, slips: Math.min(distance(given, id), distance(`${given}-1`, id)) }))
    .sort((one, other) => one.slips - other.slips || one.id.localeCompare(other.id));
  return nearest === undefined || nearest.slips > MAX_SLIPS ? null : `did you mean the region ${nearest.id}`;
}
