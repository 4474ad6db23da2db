import { RotationError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import type { Held } from "../clients/issuers/client.ts";
import { type Authority, bearerOf, type Credential, type Proof } from "../clients/issuers/issuer.ts";
import type { Invocation } from "./invocation.ts";
import type { Memory } from "./memory.ts";
import type { Observation } from "./observe/observe.ts";

/** What may still speak for the client while its secret in CURRENT is dead. A token may be carried on in a claim, an authority's never. */
export type Grant =
  | (Held & { readonly kind: "token"; readonly token: Secret; readonly expiresAt: number })
  | { readonly kind: "authority"; readonly authority: Authority };

const NOBODY =
  "this client may not change its own secret at the issuer, and no second authority that logs in is configured";

/** Whether this client's own token may ask for a new value: at some issuers only another client may. */
export function speaksForItself(memory: Memory, { current }: Observation): boolean {
  const known = memory.contents.get(current.versionNo);
  // Of content that nobody understands nothing is known; then nothing is asked for either.
  return known === undefined || known.kind === "unknown" || known.credential.traits.authorities.includes("client");
}

function isRefused(memory: Memory, token: Secret): boolean {
  return memory.refusedTokens.some((refused) => refused.equals(token));
}

/**
 * This call's own token, else one from any version's claim, the newest first, else a second authority. Null where none is left in this
 * call.
 */
export function nextGrant(invocation: Invocation, memory: Memory, observation: Observation): Grant | null {
  const own = speaksForItself(memory, observation) ? nextToken(invocation, memory, observation) : null;
  if (own !== null) return own;
  const [authority] = memory.authorities ?? [];
  return authority === undefined ? null : { kind: "authority", authority };
}

/**
 * The same, and where this call has not looked for second authorities yet, it does now.
 * @throws RotationError ISSUER_FORBIDDEN where nobody may ask
 */
export async function grantFor(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  credential: Credential,
): Promise<Grant> {
  const known = nextGrant(invocation, memory, observation);
  if (known !== null) return known;
  memory.authorities ??= await invocation.clients.issuers.authoritiesFor(credential, memory.place);
  const [authority] = memory.authorities;
  if (authority !== undefined) return { kind: "authority", authority };
  throw new RotationError("ISSUER_FORBIDDEN", NOBODY, "name a client that may in OROT_AUTHORITY_SECRET_IDS");
}

/** One by one, the client's own tokens. */
function nextToken(invocation: Invocation, memory: Memory, { list }: Observation): Grant | null {
  const { clock } = invocation;
  const own = memory.token;
  if (own !== null && own.expiresAt > clock.monotonic() && !isRefused(memory, own.value)) {
    return {
      kind: "token",
      client: own.client,
      token: own.value,
      expiresAt: clock.now() + own.expiresAt - clock.monotonic(),
    };
  }
  for (const { versionNo } of list.versions) {
    const known = memory.contents.get(versionNo);
    if (known?.kind !== "claim") continue;
    const { token } = known.claim;
    if (token !== null && token.expiresAt > list.asOf && !isRefused(memory, token.value)) {
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
  invocation: Invocation,
  memory: Memory,
  credential: Credential,
  refusal: RotationError,
): Promise<void> {
  // A dead token may be a slip: the next call gets a new one. Only a missing right stays missing.
  if (refusal.code !== "ISSUER_FORBIDDEN") throw refusal;
  memory.authorities ??= await invocation.clients.issuers.authoritiesFor(credential, memory.place);
  if (memory.authorities.length === 0) throw refusal;
}

/**
 * After the issuer refused a grant: a token is out, an authority comes last and is out at the second time. A refusal may be stray, and whom
 * it would lock out is not told before it is repeated.
 */
export function refuse(memory: Memory, grant: Grant): void {
  if (grant.kind === "token") {
    memory.refusedTokens.push(grant.token);
    return;
  }
  const { authority } = grant;
  const others = (memory.authorities ?? []).filter((other) => other !== authority);
  memory.authorityProof = null;
  memory.authorities = memory.onceInVain.includes(authority) ? others : [...others, authority];
  memory.onceInVain.push(authority);
}

/** The proof that a grant stands for; null where the authority does not log in, which takes it out for this call at the second time. */
export async function proofOf(invocation: Invocation, memory: Memory, grant: Grant): Promise<Proof | null> {
  if (grant.kind === "token") return bearerOf(grant.client, grant.token);
  if (memory.authorityProof !== null) return memory.authorityProof;
  const proven = await grant.authority.prove();
  if (proven.verdict === "accepted") {
    memory.authorityProof = proven.proof;
    return proven.proof;
  }
  const why = proven.verdict === "unknown" ? proven.error.code : "rejected";
  invocation.log.warn("authority-unusable", { authority: grant.authority.name, outcome: why });
  const isSecondTurn = memory.onceInVain.includes(grant.authority);
  refuse(memory, grant);
  if (proven.verdict === "rejected") return null;
  // One that cannot be asked now may speak later: nobody is locked out as long as it has not been refused.
  const others = (memory.authorities ?? []).filter((other) => other !== grant.authority);
  memory.authorities = [...others, grant.authority];
  if (isSecondTurn || others.every((other) => memory.onceInVain.includes(other))) throw proven.error;
  return null;
}
