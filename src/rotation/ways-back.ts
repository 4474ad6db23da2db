import { asRotationError, RotationError } from "../base/errors.ts";
import type { Credential } from "../clients/issuers/issuer.ts";
import { tokensSurvive } from "../clients/vault/rotation-metadata.ts";
import { lookUpOthers } from "./authorities.ts";
import type { Rotation } from "./rotation.ts";
import type { Warning } from "./warnings.ts";

const WARNING: Warning = {
  what: "no way back is proven: a lost answer when regenerating could lock the application out",
  next: "configure a second authority (OROT_AUTHORITY_SECRET_IDS), or set OROT_REQUIRE_WAY_BACK to true",
};

async function hasLivingAuthority(rotation: Rotation, credential: Credential): Promise<boolean> {
  for (const authority of await lookUpOthers(rotation, credential)) {
    const proven = await authority.prove();
    if (proven.verdict === "accepted") return true;
    rotation.context.log.warn("authority-unusable", { authority: authority.name, outcome: proven.verdict });
  }
  return false;
}

async function hasConfiguredAuthority(rotation: Rotation, credential: Credential): Promise<boolean> {
  try {
    return (await lookUpOthers(rotation, credential)).some(({ isUnread }) => isUnread !== true);
  } catch (thrown) {
    rotation.context.log.warn("authorities-unknown", { outcome: asRotationError(thrown).code });
    return false;
  }
}

/**
 * Asks, before any change, how a new client secret could be recovered if its answer were lost. The ways are a token
 * that is known to survive the change, and a second authority that logs in now. A readable client secret is not a way
 * by itself, since reading it needs one of the two. If no way back is required, a configured authority that may act for
 * this client suppresses the warning without being asked.
 * @param now of the snapshot, milliseconds since the epoch
 * @throws RotationError NO_WAY_BACK if OROT_REQUIRE_WAY_BACK is on and there is none
 */
export async function requireWayBack(rotation: Rotation, credential: Credential, now: number): Promise<void> {
  const { attempt } = rotation;
  const { settings } = rotation.context;
  if (credential.capabilities.valueChosenBy === "caller" || tokensSurvive(attempt.read.metadata, now)) return;
  if (!settings.requireWayBack) {
    attempt.warning = (await hasConfiguredAuthority(rotation, credential)) ? null : WARNING;
    return;
  }
  if (await hasLivingAuthority(rotation, credential)) return;
  throw new RotationError("NO_WAY_BACK", "no way back exists, and OROT_REQUIRE_WAY_BACK asks for one");
}
