import { RotationError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import type { Held } from "../clients/issuers/client.ts";
import { type Authority, type Authorization, bearerOf, type Credential } from "../clients/issuers/issuer.ts";
import type { Attempt } from "./attempt.ts";
import type { Context } from "./context.ts";
import type { Snapshot } from "./observe/observe.ts";

/** What may still speak for the client while its secret in CURRENT is dead. A token may be carried on in a claim, an authority's never. */
export type Requester =
  | (Held & { readonly kind: "token"; readonly token: Secret; readonly expiresAt: number })
  | { readonly kind: "authority"; readonly authority: Authority };

const NOBODY =
  "this client may not change its own secret at the issuer, and no second authority that logs in is configured";

/** Whether this client's own token may ask for a new value: at some issuers only another client may. */
export function speaksForItself(attempt: Attempt, { current }: Snapshot): boolean {
  const known = attempt.contents.get(current.versionNo);
  // Of content that nobody understands nothing is known; then nothing is asked for either.
  return (
    known === undefined || known.kind === "unknown" || known.credential.capabilities.authorities.includes("client")
  );
}

function isRefused(attempt: Attempt, token: Secret): boolean {
  return attempt.refusedTokens.some((refused) => refused.equals(token));
}

/**
 * This call's own token, else one from any version's claim, the newest first, else a second authority. Null where none is left in this
 * call.
 */
export function nextRequester(context: Context, attempt: Attempt, snapshot: Snapshot): Requester | null {
  const own = speaksForItself(attempt, snapshot) ? nextToken(context, attempt, snapshot) : null;
  if (own !== null) return own;
  const [authority] = attempt.authorities ?? [];
  return authority === undefined ? null : { kind: "authority", authority };
}

/**
 * The same, and where this call has not looked for second authorities yet, it does now.
 * @throws RotationError ISSUER_FORBIDDEN where nobody may ask
 */
export async function requesterFor(
  context: Context,
  attempt: Attempt,
  snapshot: Snapshot,
  credential: Credential,
): Promise<Requester> {
  const known = nextRequester(context, attempt, snapshot);
  if (known !== null) return known;
  attempt.authorities ??= await context.clients.issuers.authoritiesFor(credential, attempt.place);
  const [authority] = attempt.authorities;
  if (authority !== undefined) return { kind: "authority", authority };
  throw new RotationError("ISSUER_FORBIDDEN", NOBODY, "name a client that may in OROT_AUTHORITY_SECRET_IDS");
}

/** One by one, the client's own tokens. */
function nextToken(context: Context, attempt: Attempt, { list }: Snapshot): Requester | null {
  const { clock } = context;
  const own = attempt.token;
  if (own !== null && own.expiresAt > clock.monotonic() && !isRefused(attempt, own.value)) {
    return {
      kind: "token",
      client: own.client,
      token: own.value,
      expiresAt: clock.now() + own.expiresAt - clock.monotonic(),
    };
  }
  for (const { versionNo } of list.versions) {
    const known = attempt.contents.get(versionNo);
    if (known?.kind !== "claim") continue;
    const { token } = known.claim;
    if (token !== null && token.expiresAt > list.asOf && !isRefused(attempt, token.value)) {
      return { kind: "token", client: known.credential.client, token: token.value, expiresAt: token.expiresAt };
    }
  }
  return null;
}

/**
 * After a refusal of the client's own token although its secret is good: at some issuers a client lacks the right to its own secret, and
 * another one has it.
 * @throws RotationError `refusal` where nobody else is left to ask
 */
export async function requireAnotherAuthority(
  context: Context,
  attempt: Attempt,
  credential: Credential,
  refusal: RotationError,
): Promise<void> {
  // A dead token may be a slip: the next call gets a new one. Only a missing right stays missing.
  if (refusal.code !== "ISSUER_FORBIDDEN") throw refusal;
  attempt.authorities ??= await context.clients.issuers.authoritiesFor(credential, attempt.place);
  if (attempt.authorities.length === 0) throw refusal;
}

/**
 * After the issuer refused a requester: a token is out, an authority comes last and is out at the second time. A refusal may be stray, and
 * whom it would lock out is not told before it is repeated.
 */
export function markRefused(attempt: Attempt, requester: Requester): void {
  if (requester.kind === "token") {
    attempt.refusedTokens.push(requester.token);
    return;
  }
  const { authority } = requester;
  const others = (attempt.authorities ?? []).filter((other) => other !== authority);
  attempt.authorization = null;
  attempt.authorities = attempt.onceInVain.includes(authority) ? others : [...others, authority];
  attempt.onceInVain.push(authority);
}

/**
 * The authorization that a requester stands for; null where the authority does not log in, which takes it out for this call at the second
 * time.
 */
export async function authorize(
  context: Context,
  attempt: Attempt,
  requester: Requester,
): Promise<Authorization | null> {
  if (requester.kind === "token") return bearerOf(requester.client, requester.token);
  if (attempt.authorization !== null) return attempt.authorization;
  const proven = await requester.authority.prove();
  if (proven.verdict === "accepted") {
    attempt.authorization = proven.authorization;
    return proven.authorization;
  }
  const why = proven.verdict === "unknown" ? proven.error.code : "rejected";
  context.log.warn("authority-unusable", { authority: requester.authority.name, outcome: why });
  const isSecondTurn = attempt.onceInVain.includes(requester.authority);
  markRefused(attempt, requester);
  if (proven.verdict === "rejected") return null;
  // One that cannot be asked now may speak later: nobody is locked out as long as it has not been refused.
  const others = (attempt.authorities ?? []).filter((other) => other !== requester.authority);
  attempt.authorities = [...others, requester.authority];
  if (isSecondTurn || others.every((other) => attempt.onceInVain.includes(other))) throw proven.error;
  return null;
}
