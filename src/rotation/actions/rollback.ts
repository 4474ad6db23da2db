import { RotationError } from "../../base/errors.ts";
import { notifyChange } from "../../notify/notify.ts";
import type { Context } from "../context.ts";
import { listVersions } from "../observe/read-versions.ts";
import { findWayBack, type WayBack } from "../observe/way-back.ts";
import { promoteByNumber } from "../stages/promote.ts";

/**
 * Looks again right before the promote, since the login may have taken long. If Vault ignores `if-match`, only this
 * look protects a version that an operator has made CURRENT since.
 */
async function isUnchanged({ clients: { vault } }: Context, { etag, currentVersionNo }: WayBack): Promise<boolean> {
  const state = await vault.readSecret();
  return state.etag === etag && state.currentVersionNo === currentVersionNo;
}

const MAX_LOOKS = 3;

/** @throws RotationError as `findWayBack` does; VAULT_UNAVAILABLE if the secret keeps changing */
async function findSteadyWayBack(context: Context): Promise<WayBack> {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const wayBack = await findWayBack(context);
    if (await isUnchanged(context, wayBack)) return wayBack;
  }
  throw new RotationError("VAULT_UNAVAILABLE", "the secret changed each time while PREVIOUS was asked");
}

async function goBack(context: Context, { versionNo, etag, tags }: WayBack): Promise<void> {
  const { write } = await promoteByNumber(context, versionNo, etag, tags);
  if (write.outcome === "done") return;
  // The answer may be lost although the promote took effect.
  const after = (await listVersions(context)).versions.find((version) => version.versionStages.includes("CURRENT"));
  if (after?.versionNo !== versionNo) throw write.error;
}

/**
 * Promotes PREVIOUS, only if it logs in now, and notifies the secret's subscribers.
 * @returns the number of the version that is CURRENT after it
 */
export async function rollback(context: Context): Promise<number> {
  const wayBack = await findSteadyWayBack(context);
  await goBack(context, wayBack);
  await notifyChange(context, wayBack, { versionNo: wayBack.versionNo, isCertain: true });
  return wayBack.versionNo;
}
