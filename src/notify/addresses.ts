import { BlockList, isIP } from "node:net";

/**
 * Addresses that get no webhook: the function's own network, its host's metadata service, and everything that is not routed on the public
 * internet. Source: IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890), multicast (RFC 5771).
 */
const SPECIAL_IPV4: readonly (readonly [net: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Exceptions within the global unicast range of IPv6 (2000::/3): tunnels, documentation, and ranges of other protocols. */
const SPECIAL_IPV6: readonly (readonly [net: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/** Node loads its lists of addresses only for webhooks. */
function createLists() {
  const special = new BlockList();
  for (const [net, prefix] of SPECIAL_IPV4) special.addSubnet(net, prefix, "ipv4");
  for (const [net, prefix] of SPECIAL_IPV6) special.addSubnet(net, prefix, "ipv6");
  const globalUnicast = new BlockList();
  globalUnicast.addSubnet("2000::", 3, "ipv6");
  return { special, globalUnicast };
}
let lists: ReturnType<typeof createLists> | null = null;

/** @param address an IP address without brackets; anything else is not public */
export function isPublicAddress(address: string): boolean {
  lists ??= createLists();
  const { special, globalUnicast } = lists;
  switch (isIP(address)) {
    case 4:
      return !special.check(address, "ipv4");
    case 6:
      return globalUnicast.check(address, "ipv6") && !special.check(address, "ipv6");
    default:
      return false;
  }
}
