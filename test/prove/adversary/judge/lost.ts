import { named, versionsOf, works } from "../condition.ts";
import type { Run } from "../finished.ts";

/**
 * The attacker wrote between the value's creation at the issuer and its first store. No product could prevent that
 * loss.
 */
function isRaced({ watch, world, made, prepared }: Run): boolean {
  const { requests } = world.emulator;
  return watch.changes.some(({ owner, caller, added, sequence }) => {
    if (owner !== "S" || !/^p\d/.test(caller)) return false;
    const [value] = added;
    const stored = requests.findIndex((record) => {
      if (record.system !== "vault" || record.method !== "PUT") return false;
      const content = (JSON.parse(record.body.reveal() || "{}") as { secretContent?: { content?: string } })
        .secretContent?.content;
      return content !== undefined && named(prepared, content).value === value;
    });
    // A value that was stored first is never unsaved.
    if (stored >= 0 && stored < sequence) return false;
    return made.some(({ after }) => after >= sequence && (stored < 0 || after <= stored));
  });
}

export interface Loss {
  readonly isLost: boolean;
  readonly isRaced: boolean;
}

/** No version of S works at the end, not counting those being deleted, and no other client may ask for a new value. */
export function judgeLost(run: Run): Loss {
  const left = versionsOf(run).filter(({ deleted, deletionAt }) => !deleted && deletionAt === null);
  const isLost = run.prepared.kind.speaker === "alone" && !left.some((version) => works(run, version));
  const raced = isLost && isRaced(run);
  return { isLost: isLost && !raced, isRaced: raced };
}
