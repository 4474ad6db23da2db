import { RotationError } from "../errors.ts";
import { type Token, tokenKey } from "../http/token-cache.ts";
import type { Invocation } from "../invocation.ts";
import type { Credential } from "../issuers/issuer.ts";
import type { VersionList } from "../vault/store.ts";
import { requireTimeToMint } from "./regenerate.ts";

/** Versions in active use that a secret may have (Source: OCI Vault service limits). */
const VERSION_LIMIT = 30;
/** One rotation uses up to four under two faults; the last ones are never for less than a credential. */
const NEEDED_SLOTS = 4;
/** Below this tidying starts, so that the next rotations find room. */
const COMFORTABLE_SLOTS = 6;

export function freeSlots(list: VersionList): number {
  return VERSION_LIMIT - list.versions.filter((version) => !version.isBeingDeleted).length;
}

/**
 * Everything that may fail is asked before anything changes: time, room, and a token with which to regenerate.
 * @param held a token that still works although the client secret which got it no longer does
 * @param tidy makes room, and says how many deletions it scheduled; called below the comfortable number of slots
 * @returns the token, or `tidied` where versions were scheduled for deletion and Vault must be looked at anew
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS, or what the token request brought
 */
export async function fetchToken(
  invocation: Invocation,
  { credential, versionNo }: { readonly credential: Credential; readonly versionNo: number },
  held: Token | null,
  list: VersionList,
  tidy: () => Promise<number>,
): Promise<Token | "tidied"> {
  requireTimeToMint(invocation);
  const free = freeSlots(list);
  if (free < COMFORTABLE_SLOTS) {
    if ((await tidy()) > 0) return "tidied";
    invocation.log.warn("version-slots-low", { free });
  }
  if (free < NEEDED_SLOTS) {
    throw new RotationError(
      "NO_VERSION_SLOTS",
      `the secret has ${free} of ${VERSION_LIMIT} version slots free, and a rotation needs ${NEEDED_SLOTS}`,
    );
  }
  if (held !== null) return held;
  const key = tokenKey(credential.origin, credential.clientId, credential.scope, versionNo);
  return invocation.tokens.get(key, invocation.settings.tokenMarginSeconds * 1000, async () => {
    const login = await credential.login();
    if (login.verdict === "accepted") return login.token;
    if (login.verdict === "unknown") throw login.error;
    throw new RotationError("VERDICT_UNKNOWN", "the issuer refused CURRENT right after it had accepted it");
  });
}
