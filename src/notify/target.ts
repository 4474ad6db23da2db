import { isIP } from "node:net";
import { RotationError } from "../base/errors.ts";
import type { Settings } from "../base/settings/settings.ts";
import { isPublicAddress } from "./addresses.ts";

/** All addresses of a name, in the resolver's order. Rejects if the name has none, or if no answer arrives in time. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * The target of a webhook. `address` is the only one to connect to, so that a name that resolves differently a moment later leads nowhere
 * else. Null: the operator has listed the host, so any address is allowed.
 */
export interface Target {
  readonly address: string | null;
}

const withoutBrackets = (host: string) => host.replaceAll(/[[\]]/g, "");

/** Whether OROT_NOTIFY_HOSTS names the host of this URL, with or without its port. */
export function isListed(hosts: NonNullable<Settings["notifyHosts"]>, { protocol, hostname, port }: URL): boolean {
  const used = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return hosts.some((entry) => entry.host === hostname && (entry.port === null || entry.port === used));
}

/**
 * Whether a webhook may be sent there, and to which address. Subscribers choose their endpoints. Without a list of hosts, every present
 * address of the name must therefore be public.
 * @throws RotationError SUBSCRIBER_INVALID
 */
export async function targetOf(
  url: URL,
  { notifyHosts }: Pick<Settings, "notifyHosts">,
  resolve: Resolve,
): Promise<Target> {
  if (notifyHosts !== null) {
    if (isListed(notifyHosts, url)) return { address: null };
    throw new RotationError(
      "SUBSCRIBER_INVALID",
      "the endpoint's host is not in OROT_NOTIFY_HOSTS",
      "add its host to OROT_NOTIFY_HOSTS, or name another endpoint",
    );
  }
  const host = withoutBrackets(url.hostname);
  const addresses = isIP(host) === 0 ? await resolved(host, resolve) : [host];
  if (!addresses.every(isPublicAddress)) {
    throw new RotationError(
      "SUBSCRIBER_INVALID",
      "the endpoint's host has an address that is not public",
      "name its host in OROT_NOTIFY_HOSTS, or name another endpoint",
    );
  }
  // IPv4 first, since a function's subnet rarely has a route for IPv6.
  return { address: addresses.find((address) => isIP(address) === 4) ?? addresses[0] ?? null };
}

async function resolved(host: string, resolve: Resolve): Promise<readonly string[]> {
  let addresses: readonly string[] = [];
  try {
    addresses = await resolve(host);
  } catch {
    // Reported below, without the resolver's words.
  }
  if (addresses.length > 0) return addresses;
  throw new RotationError(
    "SUBSCRIBER_INVALID",
    "no address was found for the endpoint's host",
    "check the host's name, and that the function's network resolves it",
  );
}
