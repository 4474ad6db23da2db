import { RotationError } from "../../base/errors.ts";
import { tellChange } from "../../notify/tell.ts";
import type { Invocation } from "../invocation.ts";
import { listVersions } from "../observe/read-versions.ts";
import { findWayBack, type WayBack } from "../observe/way-back.ts";
import { promoteByNumber } from "../stages/promote.ts";

/**
 * A login may take its time. Should Vault ignore `if-match`, nothing but a look right before the promote keeps it from replacing what
 * somebody has made CURRENT since.
 */
async function isUnchanged({ clients: { vault } }: Invocation, { etag, currentVersionNo }: WayBack): Promise<boolean> {
  const state = await vault.readSecret();
  return state.etag === etag && state.currentVersionNo === currentVersionNo;
}

const MOST_LOOKS = 3;

/** @throws RotationError as `findWayBack` does, VAULT_UNAVAILABLE where the secret changes all the time */
async function findSteadyWayBack(invocation: Invocation): Promise<WayBack> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const wayBack = await findWayBack(invocation);
    if (await isUnchanged(invocation, wayBack)) return wayBack;
  }
  throw new RotationError("VAULT_UNAVAILABLE", "the secret changed each time while PREVIOUS was asked");
}

async function goBack(invocation: Invocation, { versionNo, etag, tags }: WayBack): Promise<void> {
  const write = await promoteByNumber(invocation, versionNo, etag, tags);
  if (write.outcome === "done") return;
  // The answer may be lost although the promote has landed.
  const after = (await listVersions(invocation)).versions.find((version) => version.versionStages.includes("CURRENT"));
  if (after?.versionNo !== versionNo) throw write.error;
}

/**
 * Promotes PREVIOUS, only if it logs in now, and tells the secret's subscribers.
 * @returns the number of the version that is CURRENT after it
 */
export async function rollback(invocation: Invocation): Promise<number> {
  const wayBack = await findSteadyWayBack(invocation);
  await goBack(invocation, wayBack);
  await tellChange(invocation, wayBack, { versionNo: wayBack.versionNo, isCertain: true });
  return wayBack.versionNo;
}
