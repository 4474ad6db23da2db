import { RotationError } from "../../base/errors.ts";
import { type Token, tokenKey } from "../../clients/http/token-cache.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { COMFORTABLE_SLOTS, freeSlots, VERSION_LIMIT } from "../../clients/vault/version-slots.ts";
import type { Invocation } from "../invocation.ts";
import { requireTimeToMint } from "./regenerate.ts";

/** Three are used under one fault, four under two. */
export const NEEDED_SLOTS = 4;

/**
 * Asks for time and room before anything changes.
 * @param neededSlots fewer suffice to finish a rotation that has already changed the issuer
 * @param tidy makes room, and says how many deletions it scheduled; called below the comfortable number of slots
 * @returns false where versions were scheduled for deletion and Vault must be looked at anew
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS
 */
export async function checkRoom(
  invocation: Invocation,
  list: VersionList,
  neededSlots: number,
  tidy: () => Promise<number>,
): Promise<boolean> {
  requireTimeToMint(invocation);
  const free = freeSlots(list);
  if (free < COMFORTABLE_SLOTS) {
    if ((await tidy()) > 0) return false;
    invocation.log.warn("version-slots-low", { free });
  }
  if (free >= neededSlots) return true;
  throw new RotationError(
    "NO_VERSION_SLOTS",
    `the secret has ${free} of ${VERSION_LIMIT} version slots free, and a rotation needs ${neededSlots}`,
  );
}

/**
 * Preflight and the token with which the client regenerates its own secret.
 * @returns null where versions were scheduled for deletion and Vault must be looked at anew
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS, or what the token request brought
 */
export async function fetchToken(
  invocation: Invocation,
  { credential, versionNo }: { readonly credential: Credential; readonly versionNo: number },
  tokenLifeSeconds: number | null,
  list: VersionList,
  tidy: () => Promise<number>,
): Promise<Token | null> {
  if (!(await checkRoom(invocation, list, NEEDED_SLOTS, tidy))) return null;
  const key = tokenKey(invocation.secretId, versionNo, credential.tokenEndpoint.scope);
  return invocation.tokens.get(key, invocation.settings.tokenMarginSeconds * 1000, async () => {
    const login = await credential.login(tokenLifeSeconds);
    if (login.verdict === "unknown") throw login.error;
    if (login.verdict === "accepted") {
      if (login.token !== null) return login.token;
      throw new RotationError("ISSUER_CONFIGURATION", "the issuer gives this client no token any more");
    }
    throw new RotationError("VERDICT_UNKNOWN", "the issuer refused CURRENT right after it had accepted it");
  });
}
