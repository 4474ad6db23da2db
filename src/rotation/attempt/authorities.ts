import type { Secret } from "../../base/secret.ts";
import type { Token } from "../../clients/http/token-cache.ts";
import type { Held } from "../../clients/issuers/client.ts";
import type { Authority, Authorization } from "../../clients/issuers/issuer.ts";

/** Who may still speak for the client in this run: its own token, and second authorities. */
export interface AttemptAuthorities {
  /** The token of CURRENT's login in this call. */
  token: (Held & Token) | null;
  /** Asked of the login whose token goes into a claim, in seconds; null: this call writes none. */
  readonly tokenLifeSeconds: number | null;
  /** Tokens that the issuer refused in this call. */
  readonly refusedTokens: Secret[];
  /** Second authorities for this secret; null: not looked up yet. Those that do not log in are taken out. */
  others: readonly Authority[] | null;
  /** Those of them that did not log in, or were refused, once: they come last, and are asked once more. */
  readonly onceInVain: Authority[];
  /** The authorization of the first of them. */
  authorization: Authorization | null;
}

export function createAttemptAuthorities(tokenLifeSeconds: number | null): AttemptAuthorities {
  return {
    token: null,
    tokenLifeSeconds,
    refusedTokens: [],
    others: null,
    onceInVain: [],
    authorization: null,
  };
}
