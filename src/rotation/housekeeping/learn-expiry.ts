import { type Authorization, bearerOf, type Credential } from "../../clients/issuers/issuer.ts";
import { lookUpOthers } from "../authorities.ts";
import type { Rotation } from "../rotation.ts";
import type { ToldExpiry } from "./rotation-tags.ts";

/** The token of the version's own login, if the client may look at itself. */
function ownProof({ attempt }: Rotation, versionNo: number, credential: Credential): Authorization | null {
  const login = attempt.read.logins.get(versionNo)?.login;
  if (login?.verdict !== "accepted" || login.token === null) return null;
  return credential.capabilities.authorities.includes("client") ? bearerOf(credential.client, login.token.value) : null;
}

/** The version's own token, then second authorities, since at some issuers a client may not look at itself. */
async function* proofs(rotation: Rotation, versionNo: number, credential: Credential): AsyncGenerator<Authorization> {
  const own = ownProof(rotation, versionNo, credential);
  if (own !== null) yield own;
  for (const authority of await lookUpOthers(rotation, credential)) {
    const proven = await authority.prove();
    if (proven.verdict === "accepted") yield proven.authorization;
  }
}

/**
 * When the issuer itself expires the client secret. `unknown`: nobody who may be asked was told, or the issuer did not
 * answer this time. Null: this issuer discloses nothing, and nothing was sent.
 */
export async function learnExpiry(
  rotation: Rotation,
  versionNo: number,
  credential: Credential,
): Promise<ToldExpiry | null> {
  if (credential.readExpiry === undefined) return null;
  if (rotation.context.budget.remaining() <= 0) return "unknown";
  for await (const authorization of proofs(rotation, versionNo, credential)) {
    const expiry = await credential.readExpiry(authorization);
    if (expiry.outcome === "proof-refused") continue;
    return expiry.outcome === "read" ? (expiry.at ?? "never") : "unknown";
  }
  return "unknown";
}

/** A promote is not kept waiting if there is less time than for this many remote calls. */
const CALLS_LEFT = 6;

/**
 * The same right before a promote, at the price of one request at most: by the login that just proved the value, or by
 * a second authority that this call has already logged in. Otherwise the next heal asks.
 */
export async function learnExpiryAtOnce(rotation: Rotation, versionNo: number): Promise<ToldExpiry | null> {
  const { attempt, context } = rotation;
  const known = attempt.read.contents.get(versionNo);
  const credential = known?.kind === "credential" ? known.credential : undefined;
  if (credential?.readExpiry === undefined) return null;
  const authorization = attempt.authorities.authorization ?? ownProof(rotation, versionNo, credential);
  const leastMs = CALLS_LEFT * context.settings.callTimeoutSeconds * 1000;
  if (authorization === null || context.budget.remaining() < leastMs) return "unknown";
  const expiry = await credential.readExpiry(authorization);
  return expiry.outcome === "read" ? (expiry.at ?? "never") : "unknown";
}
