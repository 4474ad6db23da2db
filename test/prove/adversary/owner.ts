import type { StoredVersion } from "../../../src/emulator/vault/state.ts";
import { OPERATOR } from "../operator.ts";
import { askVault } from "./ask-vault.ts";
import { isHis, named, versionsOf } from "./condition.ts";
import type { Run } from "./finished.ts";

/** He made CURRENT what names the address that the owner has left. */
function isTakenBack(
  { attacker, prepared }: Pick<Run, "prepared" | "attacker">,
  { number, content }: StoredVersion,
): boolean {
  return attacker.promoted.has(number) && named(prepared, content).place === "old";
}

/**
 * Removes the attack: the attacker writes no more. If CURRENT is the attacker's, the owner makes the newest own version
 * CURRENT, as OCI's command line does it. An owner looks at what it promotes: a version with a mark of the rotator is
 * not a credential.
 */
export function restore(run: Pick<Run, "world" | "prepared" | "attacker">): void {
  const versions = versionsOf(run).filter(({ deleted, deletionAt }) => !deleted && deletionAt === null);
  const current = versions.find(({ stage }) => stage === "CURRENT");
  if (current !== undefined && !isHis(run, current) && !isTakenBack(run, current)) return;
  const own = versions.findLast((version) => !isHis(run, version) && !named(run.prepared, version.content).isMarked);
  if (own === undefined) return;
  const path = `/20180608/secrets/${run.prepared.secretIds.S}`;
  askVault(run.world.emulator, OPERATOR, { method: "PUT", path, body: { currentVersionNumber: own.number } });
}
