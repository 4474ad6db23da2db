import { ruleOn } from "../../rotation/due/due-dates.ts";
import type { Seen, Witness } from "./made-since.ts";
import type { Result, Target } from "./target.ts";

export function already(versionNo: number): Result {
  const what = `version ${versionNo} was made meanwhile, and is CURRENT`;
  return { outcome: "already", versionNo, code: "ALREADY_ROTATED", what, next: "nothing" };
}

function notDue(versionNo: number, what: string, next = "nothing"): Result {
  return { outcome: "not-due", versionNo, code: "NOT_DUE", what, next };
}

/** Why a secret that was listed as due need not be rotated, on a closer look; null: it must be. */
async function whyNotDue(
  witness: Witness,
  { secretId, maxAgeMs }: Target,
  seen: Seen,
  withinMs: number,
): Promise<Result | null> {
  const { current, dates, asOf } = seen;
  if (current === null) return null;
  const { versionNo } = current;
  const byAge = maxAgeMs === null ? [] : await witness.tooOld(secretId, seen, maxAgeMs, withinMs);
  const ruling = ruleOn([...dates, ...byAge], current, asOf, withinMs);
  switch (ruling.kind) {
    case "due":
      return null;
    // A version that an operator stored by hand may still hold the old client secret.
    case "rotated":
      return (await witness.isRotation(secretId, current)) ? already(versionNo) : null;
    case "young":
      return notDue(versionNo, `version ${versionNo} is CURRENT and has more than half of its time left`);
    case "none":
      return notDue(versionNo, "its date has changed since it was listed");
    case "other": {
      // A claim holds the value of the version below it: then the rotation is in progress and must be finished.
      if (!(await witness.isCredential(secretId, versionNo))) return null;
      const what = `its date was noted for version ${ruling.versionNo}, and version ${versionNo} is CURRENT`;
      return notDue(versionNo, what, `run oci-rotate heal ${secretId}, which notes when version ${versionNo} ends`);
    }
  }
}

/** The result for a secret that needs no rotation. Null: it must be rotated, or Vault does not settle and it cannot be known. */
export async function leftAlone(witness: Witness, target: Target, seen: Seen | null): Promise<Result | null> {
  const { secretId, since, withinMs } = target;
  if (seen === null) return null;
  const made = since === null ? null : await witness.madeSince(secretId, since, seen);
  if (made !== null) return already(made);
  return withinMs === null ? null : whyNotDue(witness, target, seen, withinMs);
}
