import { asRotationError, RotationError } from "../base/errors.ts";
import type { Credential } from "../clients/issuers/issuer.ts";
import { survives } from "../clients/vault/own-metadata.ts";
import type { Invocation } from "./invocation.ts";
import type { Memory } from "./memory.ts";
import type { Warning } from "./warnings.ts";

const WARNING: Warning = {
  what: "no way back is proven: a lost answer at regenerating could lock the application out",
  next: "configure a second authority (OROT_AUTHORITY_SECRET_IDS), or set OROT_REQUIRE_WAY_BACK to true",
};

async function hasLivingAuthority(invocation: Invocation, memory: Memory, credential: Credential): Promise<boolean> {
  memory.authorities ??= await invocation.clients.issuers.authoritiesFor(credential, memory.place);
  for (const authority of memory.authorities) {
    const proven = await authority.prove();
    if (proven.verdict === "accepted") return true;
    invocation.log.warn("authority-unusable", { authority: authority.name, outcome: proven.verdict });
  }
  return false;
}

async function hasConfiguredAuthority(
  invocation: Invocation,
  memory: Memory,
  credential: Credential,
): Promise<boolean> {
  try {
    memory.authorities ??= await invocation.clients.issuers.authoritiesFor(credential, memory.place);
    return memory.authorities.some(({ isUnread }) => isUnread !== true);
  } catch (thrown) {
    invocation.log.warn("authorities-unknown", { outcome: asRotationError(thrown).code });
    return false;
  }
}

/**
 * Asks, before anything changes, how a new client secret could be had if its answer were lost: by a token that is known to survive the
 * change, or by a second authority that logs in now. A readable client secret is none by itself, since reading it needs one of the two.
 * Where a way back is not required, an authority that may speak for this client spares the warning without being asked.
 * @param now of the observation, milliseconds since the epoch
 * @throws RotationError NO_WAY_BACK where OROT_REQUIRE_WAY_BACK is on and there is none
 */
export async function waysBack(
  invocation: Invocation,
  memory: Memory,
  credential: Credential,
  now: number,
): Promise<void> {
  const { settings } = invocation;
  if (credential.traits.valueChosenBy === "caller" || survives(memory.metadata, now)) return;
  if (!settings.requireWayBack) {
    memory.warning = (await hasConfiguredAuthority(invocation, memory, credential)) ? null : WARNING;
    return;
  }
  if (await hasLivingAuthority(invocation, memory, credential)) return;
  throw new RotationError("NO_WAY_BACK", "no way back exists, and OROT_REQUIRE_WAY_BACK asks for one");
}
