import type { Client } from "../clients/issuers/client.ts";

/**
 * The client that a version's content names. Contents never change and a client is not secret, so entries outlive the
 * call. A later step need not read CURRENT just to know its client. Lives as long as the process.
 */
export interface ClientCache {
  get(secretId: string, versionNo: number): Client | undefined;
  put(secretId: string, versionNo: number, client: Client): void;
  copy(): ClientCache;
}

/** A function serves a few hundred secrets at most. The oldest entry is dropped first. */
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
