import type { Clock } from "../../base/clock.ts";
import type { Secret } from "../../base/secret.ts";

/** An access token; `expiresAt` is on `Clock.monotonic`. */
export interface Token {
  readonly value: Secret;
  readonly expiresAt: number;
}

/**
 * One token per client and scope until it expires, less a margin; callers that ask during a fetch share it. It serves
 * calls that need a bearer, never a verdict on a secret: that is always a fresh token request. Lives as long as the process.
 */
export interface TokenCache {
  /** @param key the version whose client secret got the token, and the scope: see `tokenKey` */
  get(key: string, marginMs: number, fetch: () => Promise<Token>): Promise<Token>;
  /** Keeps a token that a login brought anyway. */
  put(key: string, token: Token): void;
  /** Drops a token that the issuer refused. */
  drop(key: string): void;
  copy(clock: Clock): TokenCache;
}

/** Contents of a version never change, so its number says which client asked where. */
export function tokenKey(secretId: string, versionNo: number, scope: string | null): string {
  return JSON.stringify([secretId, versionNo, scope]);
}

/** A function serves some hundred secrets at most; the oldest entry goes first. */
const MAX_ENTRIES = 1_000;

export function createTokenCache(clock: Clock, known: Iterable<[string, Promise<Token> | Token]> = []): TokenCache {
  const entries = new Map<string, Promise<Token> | Token>(known);
  const put = (key: string, entry: Promise<Token> | Token) => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest = key] = entries.keys();
    if (entries.size > MAX_ENTRIES) entries.delete(oldest);
  };
  return {
    async get(key, marginMs, fetch) {
      const known = entries.get(key);
      if (known !== undefined) {
        const token = await known;
        if (token.expiresAt - marginMs > clock.monotonic()) return token;
      }
      // Only the first of those who waited for a token that proved too old starts a new request.
      const current = entries.get(key);
      if (current !== undefined && current !== known) return current;
      const pending = fetch();
      put(key, pending);
      try {
        const token = await pending;
        if (entries.get(key) === pending) put(key, token);
        return token;
      } catch (error) {
        if (entries.get(key) === pending) entries.delete(key);
        throw error;
      }
    },
    put,
    drop: (key) => {
      entries.delete(key);
    },
    copy: (other) => createTokenCache(other, entries),
  };
}
