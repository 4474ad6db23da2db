import type { Client } from "../clients/issuers/client.ts";

/**
 * Which client a version's content names. Contents never change and a client is no secret, so this outlives the call: a later step need not
 * read CURRENT only to know whom it serves. Lives as long as the process.
 */
export interface ClientCache {
  get(secretId: string, versionNo: number): Client | undefined;
  put(secretId: string, versionNo: number, client: Client): void;
  copy(): ClientCache;
}

/** A function serves some hundred secrets at most; the oldest entry goes first. */
const MAX_ENTRIES = 1_000;

export function createClientCache(known: Iterable<[string, Client]> = []): ClientCache {
  const entries = new Map<string, Client>(known);
  const keyOf = (secretId: string, versionNo: number) => `${secretId} ${versionNo}`;
  return {
    get: (secretId, versionNo) => entries.get(keyOf(secretId, versionNo)),
    put(secretId, versionNo, client) {
      entries.delete(keyOf(secretId, versionNo));
      entries.set(keyOf(secretId, versionNo), client);
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    },
    copy: () => createClientCache(entries),
  };
}
