import type { StoredVersion } from "../../../src/emulator/vault/state.ts";
import { acknowledgementBy } from "../acknowledged.ts";
import { OPERATOR } from "../operator.ts";
import { SUBSCRIBERS } from "../setup.ts";
import { askVault } from "./ask-vault.ts";
import { isHis, named, versionsOf } from "./condition.ts";
import type { Run } from "./finished.ts";
import { LEAST_GRACE_MS } from "./worlds.ts";

/** He made CURRENT what names the address that the owner has left. */
function isTakenBack(
  { attacker, prepared }: Pick<Run, "prepared" | "attacker">,
  { number, content }: StoredVersion,
): boolean {
  return attacker.promoted.has(number) && named(prepared, content).place === "old";
}

/** The step of an adoption that lets the second authority act for the client. A no-op where it may already. */
export function bind({ world, prepared }: Pick<Run, "world" | "prepared">): void {
  const { binding, secretIds } = prepared;
  if (binding === null) return;
  const secretContent = { contentType: "BASE64", content: Buffer.from(binding).toString("base64"), stage: "CURRENT" };
  const path = `/20180608/secrets/${secretIds.U}`;
  if (askVault(world.emulator, OPERATOR, { method: "PUT", path, body: { secretContent } }).status >= 300) {
    throw new Error("the owner could not bind the authority");
  }
}

/** What only a person decides after an adoption at a UAA: the value from before it ends, that nobody knows the users of. */
export const endsUnstored = (secretId: string) => ({ secretId, action: "retire", unknown: true });

/** People do what ends the older value: its users acknowledge CURRENT, or somebody says that it has none. */
export async function letGo({ world, prepared }: Pick<Run, "world" | "prepared">): Promise<void> {
  const process = world.startProcess();
  if (prepared.unstored !== null && prepared.kind.issuer === "uaa") {
    await process.call(endsUnstored(prepared.secretIds.S));
  }
  if (prepared.kind.acknowledges !== true) return;
  for (const endpoint of SUBSCRIBERS) {
    const event = acknowledgementBy(endpoint, world);
    if (event !== null) await process.call(event);
  }
  await world.clock.sleep(LEAST_GRACE_MS);
}

/**
 * Removes the attack: the attacker writes no more. If CURRENT is the attacker's, the owner makes the newest own version
 * CURRENT, as OCI's command line does it. An owner looks at what it promotes: a version with a mark of the rotator is
 * not a credential. Where there is none, the owner goes back to the placeholder with which the secret began.
 */
export function restore(run: Pick<Run, "world" | "prepared" | "attacker">): void {
  const versions = versionsOf(run).filter(({ deleted, deletionAt }) => !deleted && deletionAt === null);
  const current = versions.find(({ stage }) => stage === "CURRENT");
  if (current !== undefined && !isHis(run, current) && !isTakenBack(run, current)) return;
  const own =
    versions.findLast((version) => !isHis(run, version) && !named(run.prepared, version.content).isMarked) ??
    versions.find(({ number }) => number === 1);
  if (own === undefined) return;
  const path = `/20180608/secrets/${run.prepared.secretIds.S}`;
  askVault(run.world.emulator, OPERATOR, { method: "PUT", path, body: { currentVersionNumber: own.number } });
}
