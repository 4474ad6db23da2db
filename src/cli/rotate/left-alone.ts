import { ruleOn } from "./due-dates.ts";
import type { Seen, Witness } from "./made-since.ts";
import type { Result, Target } from "./target.ts";

export function already(versionNo: number): Result {
  const what = `version ${versionNo} was made since, and is CURRENT`;
  return { outcome: "already", versionNo, code: "ALREADY_ROTATED", what, next: "nothing" };
}

function notDue(versionNo: number, what: string, next = "nothing"): Result {
  return { outcome: "not-due", versionNo, code: "NOT_DUE", what, next };
}

/** Why a secret that a list showed as due is not to be rotated, now that it is looked at; null: it is. */
async function whyNotDue(witness: Witness, secretId: string, seen: Seen, withinMs: number): Promise<Result | null> {
  const { current, dates, asOf } = seen;
  if (current === null) return null;
  const { versionNo } = current;
  const ruling = ruleOn(dates, current, asOf, withinMs);
  switch (ruling.kind) {
    case "due":
      return null;
    // What an operator has stored by hand may hold the old client secret still.
    case "rotated":
      return (await witness.isRotation(secretId, current)) ? already(versionNo) : null;
    case "young":
      return notDue(versionNo, `version ${versionNo} is CURRENT and has more than half of its time before it`);
    case "none":
      return notDue(versionNo, "its date has moved on since it was listed");
    case "other": {
      // A claim holds the value of the version below it: what is under way is to be finished.
      if (!(await witness.isCredential(secretId, versionNo))) return null;
      const what = `its date was noted for version ${ruling.versionNo}, and version ${versionNo} is CURRENT`;
      return notDue(versionNo, what, `run oci-rotate heal ${secretId}, which notes when version ${versionNo} ends`);
    }
  }
}

/** How it ends for a secret that needs no rotation; null: it is to be rotated, or Vault does not come to rest and nobody can tell. */
export async function leftAlone(witness: Witness, target: Target, seen: Seen | null): Promise<Result | null> {
  const { secretId, since, withinMs } = target;
  if (seen === null) return null;
  const made = since === null ? null : await witness.madeSince(secretId, since, seen);
  if (made !== null) return already(made);
  return withinMs === null ? null : whyNotDue(witness, secretId, seen, withinMs);
}
