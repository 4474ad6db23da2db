import { RotationError } from "../../base/errors.ts";
import type { Credential, Mint, Proof } from "../../clients/issuers/issuer.ts";
import type { Invocation } from "../invocation.ts";

/** The worst case of a mint and what must follow it: the mint itself, the longest UPDATING, and two tries to store the value. */
function timeToMintMs({ settings }: Invocation): number {
  return (3 * settings.callTimeoutSeconds + settings.activeWaitSeconds) * 1000;
}

/** @throws RotationError DEADLINE_TOO_SHORT before anything has changed */
export function requireTimeToMint(invocation: Invocation): void {
  const { budget } = invocation;
  const neededMs = timeToMintMs(invocation);
  if (budget.remaining() >= neededMs) return;
  const left = Math.floor(budget.remaining() / 1000);
  throw new RotationError(
    "DEADLINE_TOO_SHORT",
    `${left} s are left, and storing a new client secret safely may take ${neededMs / 1000} s`,
  );
}

/**
 * Has the issuer make a new client secret. Sent once and never repeated here: whether an unanswered request has taken effect is found out
 * by looking.
 * @param isOurs whether this call's claim still is its own
 */
export function regenerate(
  invocation: Invocation,
  credential: Credential,
  proof: Proof,
  isOurs: () => boolean,
): Promise<Mint> {
  requireTimeToMint(invocation);
  return credential.mint(proof, () => isOurs() && invocation.budget.remaining() >= timeToMintMs(invocation));
}
