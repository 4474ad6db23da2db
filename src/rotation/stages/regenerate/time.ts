import { RotationError } from "../../../base/errors.ts";
import type { Context } from "../../context.ts";

/** The worst case of a mint and the work after it: the mint, the longest UPDATING, and two tries to store the value. */
export function timeToMintMs({ settings }: Pick<Context, "settings">): number {
  return (3 * settings.callTimeoutSeconds + settings.activeWaitSeconds) * 1000;
}

/** Whether a mint may still be sent. */
export function hasTimeToMint(context: Context): boolean {
  return context.budget.remaining() >= timeToMintMs(context);
}

/** @throws RotationError DEADLINE_TOO_SHORT before anything has changed */
export function requireTimeToMint(context: Context): void {
  if (hasTimeToMint(context)) return;
  const left = Math.floor(context.budget.remaining() / 1000);
  const needed = timeToMintMs(context) / 1000;
  throw new RotationError(
    "DEADLINE_TOO_SHORT",
    `${left} s are left, and storing a new client secret safely may take ${needed} s`,
  );
}

const HEALS_TO_OUTLIVE = 3;

/** A claim's token must outlive its claim and the heals that may be needed, but not live for days. */
export function claimTokenLifeSeconds({ settings }: Context): number {
  return settings.claimTtlSeconds + settings.landingBoundSeconds + HEALS_TO_OUTLIVE * settings.healIntervalMinutes * 60;
}
