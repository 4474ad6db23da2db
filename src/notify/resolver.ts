import { Resolver } from "node:dns/promises";
import type { Resolve } from "./target.ts";

const TRY_MS = 2_000;
const MOST_TRIES = 2;

/**
 * Asks DNS alone. The system's own way (getaddrinfo) takes one of the few threads of the process until a name's servers answer, and these
 * names are chosen by others: some slow ones would keep everything else from resolving, reading a file or being compressed.
 * @param servers `address:port`; default: those of the system
 */
export function createResolve(servers: readonly string[] | null = null): Resolve {
  return async (host) => {
    const resolver = new Resolver({ timeout: TRY_MS, tries: MOST_TRIES });
    if (servers !== null) resolver.setServers(servers);
    // Many names have no address of the one kind or of the other.
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  };
}
