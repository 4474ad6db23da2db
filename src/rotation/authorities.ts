import { RotationError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import type { Held } from "../clients/issuers/client.ts";
import { type Authority, type Authorization, bearerOf, type Credential } from "../clients/issuers/issuer.ts";
import { type AttemptAuthorities, putLast } from "./attempt/authorities.ts";
import type { AttemptRead } from "./attempt/read.ts";
import type { Observed, Snapshot } from "./observe/observe.ts";
import type { Rotation } from "./rotation.ts";

/**
 * What can still authenticate for the client while its secret in CURRENT is dead. A claim may carry a token, never an
 * authority's credential.
 */
export type Requester =
  | (Held & { readonly kind: "token"; readonly token: Secret; readonly expiresAt: number })
  | { readonly kind: "authority"; readonly authority: Authority };

const NOBODY =
  "this client may not change its own secret at the issuer, and no second authority that logs in is configured";

/** Whether this client's own token may ask for a new value. Some issuers only let another client ask. */
export function speaksForItself(read: AttemptRead, { current }: Snapshot): boolean {
  const known = read.contents.get(current.versionNo);
  // Content that cannot be understood says nothing about capabilities; the run ends before it asks for a value.
  return (
    known === undefined || known.kind === "unknown" || known.credential.capabilities.authorities.includes("client")
  );
}

function isRefused(authorities: AttemptAuthorities, token: Secret): boolean {
  return authorities.refusedTokens.some((refused) => refused.equals(token));
}

/**
 * This call's own token, else the token of the newest claim that has a usable one, else a second authority. Null if
 * none is left in this call.
 */
export function nextRequester(rotation: Observed): Requester | null {
  const { attempt } = rotation;
  const own = speaksForItself(attempt.read, rotation.snapshot) ? nextToken(rotation) : null;
  if (own !== null) return own;
  const [authority] = attempt.authorities.others ?? [];
  return authority === undefined ? null : { kind: "authority", authority };
}

/** Second authorities for this secret, looked up at most once per call. */
export async function lookUpOthers(
  { context, attempt }: Rotation,
  credential: Credential,
): Promise<readonly Authority[]> {
  attempt.authorities.others ??= await context.clients.issuers.authoritiesFor(credential, attempt.read.place);
  return attempt.authorities.others;
}

/**
 * The same as `nextRequester`, but looks up second authorities if this call has not done so yet.
 * @throws RotationError ISSUER_FORBIDDEN if no client may ask
 */
export async function requesterFor(rotation: Observed, credential: Credential): Promise<Requester> {
  const known = nextRequester(rotation);
  if (known !== null) return known;
  const [authority] = await lookUpOthers(rotation, credential);
  if (authority !== undefined) return { kind: "authority", authority };
  throw new RotationError("ISSUER_FORBIDDEN", NOBODY, "name a client that may in OROT_AUTHORITY_SECRET_IDS");
}

/** The client's own tokens, one at a time. */
function nextToken({ context, attempt, snapshot: { list } }: Observed): Requester | null {
  const { clock } = context;
  const own = attempt.authorities.token;
  if (own !== null && own.expiresAt > clock.monotonic() && !isRefused(attempt.authorities, own.value)) {
    return {
      kind: "token",
      client: own.client,
      token: own.value,
      expiresAt: clock.now() + own.expiresAt - clock.monotonic(),
    };
  }
  for (const { versionNo } of list.versions) {
    const known = attempt.read.contents.get(versionNo);
    if (known?.kind !== "claim") continue;
    const { token } = known.claim;
    if (token !== null && token.expiresAt > list.asOf && !isRefused(attempt.authorities, token.value)) {
      return { kind: "token", client: known.credential.client, token: token.value, expiresAt: token.expiresAt };
    }
  }
  return null;
}

/**
 * Called after the issuer refused the client's own token although its secret is good. At some issuers a client lacks
 * the right to its own secret, and another client has it.
 * @throws RotationError `refusal` if no other authority is left to ask
 */
export async function requireAnotherAuthority(
  rotation: Rotation,
  credential: Credential,
  refusal: RotationError,
): Promise<void> {
  // A refused token can be spurious, and the next call gets a new one. Only a missing right stays missing.
  if (refusal.code !== "ISSUER_FORBIDDEN") throw refusal;
  if ((await lookUpOthers(rotation, credential)).length === 0) throw refusal;
}

/** Records a refusal. A token is dropped at once. */
export function markRefused(authorities: AttemptAuthorities, requester: Requester): void {
  if (requester.kind === "token") authorities.refusedTokens.push(requester.token);
  else putLast(authorities, requester.authority, true);
}

/**
 * The authorization of a requester. Null if the authority does not log in; after the second time it is dropped for this
 * call.
 */
export async function authorize({ context, attempt }: Rotation, requester: Requester): Promise<Authorization | null> {
  if (requester.kind === "token") return bearerOf(requester.client, requester.token);
  const { authorities } = attempt;
  if (authorities.authorization !== null) return authorities.authorization;
  const { authority } = requester;
  const proven = await authority.prove();
  if (proven.verdict === "accepted") {
    authorities.authorization = proven.authorization;
    return proven.authorization;
  }
  const why = proven.verdict === "unknown" ? proven.error.code : "rejected";
  context.log.warn("authority-unusable", { authority: authority.name, outcome: why });
  const isSecondTurn = authorities.onceInVain.includes(authority);
  putLast(authorities, authority, proven.verdict === "rejected");
  if (proven.verdict === "rejected") return null;
  // The client is not locked out until this authority has refused.
  const isLastHope = authorities.others?.every((other) => authorities.onceInVain.includes(other)) ?? true;
  if (isSecondTurn || isLastHope) throw proven.error;
  return null;
}
