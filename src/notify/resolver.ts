import type { Resolve } from "./target.ts";

const TRY_MS = 2_000;
const MAX_TRIES = 2;

/**
 * Asks only DNS. The system's resolver (getaddrinfo) blocks one of the process's few threads until a name's servers answer. Others choose
 * these names, so some slow ones would block all other lookups, file reads and compression.
 * @param servers `address:port`; default: those of the system
 */
export function createResolve(servers: readonly string[] | null = null): Resolve {
  return async (host) => {
    const { Resolver } = await import("node:dns/promises");
    const resolver = new Resolver({ timeout: TRY_MS, tries: MAX_TRIES });
    if (servers !== null) resolver.setServers(servers);
    // Many names have addresses of only one kind.
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  };
}
