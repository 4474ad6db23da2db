import type { Secret } from "../../base/secret.ts";
import type { Token } from "../../clients/http/token-cache.ts";
import type { Client, Held } from "../../clients/issuers/client.ts";
import type { Authority, Authorization } from "../../clients/issuers/issuer.ts";

/** Who may still speak for the client in this run: its own token, and second authorities. */
export class AttemptAuthorities {
  /** The token of CURRENT's login in this call. */
  token: (Held & Token) | null = null;
  /** The token life, in seconds, requested at the login whose token goes into a claim; null: this call writes none. */
  readonly tokenLifeSeconds: number | null;
  /** Tokens that the issuer refused in this call. */
  readonly refusedTokens: Secret[] = [];
  /** Second authorities for this secret; null: not looked up yet. Those that do not log in are taken out. */
  others: readonly Authority[] | null = null;
  /** Authorities that failed to log in, or were refused, once. They come last and are asked once more. */
  readonly onceInVain: Authority[] = [];
  /** The authorization of the first of them. */
  authorization: Authorization | null = null;

  constructor(tokenLifeSeconds: number | null) {
    this.tokenLifeSeconds = tokenLifeSeconds;
  }
}

/** Keeps the token of CURRENT's login; null: that login gave none. */
export function keepToken(authorities: AttemptAuthorities, client: Client, token: Token | null): void {
  authorities.token = token === null ? null : { client, ...token };
}

/** Drops the second authorities, to be looked up again. */
export function forgetOthers(authorities: AttemptAuthorities): void {
  authorities.others = null;
  authorities.authorization = null;
}

/**
 * An authority that did not log in, or was refused, goes last. It is out after its second refusal, because a single
 * refusal can be spurious.
 * @param isAsked false: it could not be asked and may work later, so it stays
 */
export function putLast(authorities: AttemptAuthorities, authority: Authority, isAsked: boolean): void {
  const others = (authorities.others ?? []).filter((other) => other !== authority);
  const isOut = isAsked && authorities.onceInVain.includes(authority);
  authorities.others = isOut ? others : [...others, authority];
  authorities.authorization = null;
  authorities.onceInVain.push(authority);
}
