import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

export const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|(?:.+\.)?localhost)$/;

/** A host as it is compared: without the brackets of an IPv6 address, and without a name's last dot. */
export function plainHost(hostname: string): string {
  return hostname.replace(/[[\]]/g, "").replace(/\.+$/, "");
}

/** One entry of NO_PROXY. */
interface Entry {
  /** Null: any. */
  readonly port: number | null;
  readonly covers: (host: string) => boolean;
}

/** An address or a network of addresses (CIDR), in any of its spellings; null: none. */
function networkIn(address: string, bits: string | undefined): Entry["covers"] | null {
  const [family, longest] = isIP(address) === 4 ? (["ipv4", 32] as const) : (["ipv6", 128] as const);
  const length = bits === undefined ? longest : Number(bits);
  if (isIP(address) === 0 || length > longest) return null;
  const network = new BlockList();
  network.addSubnet(address, length, family);
  return (host) => isIP(host) === (family === "ipv4" ? 4 : 6) && network.check(host, family);
}

/** A name stands for itself and for every name below it, with or without a leading dot or star. */
function nameIn(text: string): Entry["covers"] {
  const name = domainToASCII(plainHost(text.replace(/^\*?\./, "")));
  return (host) => host === name || host.endsWith(`.${name}`);
}

/** An IPv6 address takes a port only in brackets. Null: the entry stands for nothing. */
function readEntry(text: string): Entry | null {
  const [, withBits = text, port] = /^(\[[^\]]+\](?:\/\d+)?|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  const found = /^\[?([^\]/]+)\]?(?:\/(\d{1,3}))?$/.exec(withBits);
  const at = port === undefined ? null : Number(port);
  if (withBits === "*") return { port: at, covers: () => true };
  const covers = networkIn(found?.[1] ?? "", found?.[2]);
  if (covers !== null) return { port: at, covers };
  return /[/[\]:]|^\d+(?:\.\d+){3}-[\d.]+$/.test(withBits) ? null : { port: at, covers: nameIn(withBits) };
}

const entriesIn = (list: string) => list.split(/[\s,]/).filter((entry) => entry !== "");

/**
 * Whether NO_PROXY names a host. It is read as curl reads it (names, addresses, CIDR), and an entry may also name a port.
 * @param host as `plainHost` gives it
 */
export function isExempt(list: string, host: string, port: number): boolean {
  const entries = entriesIn(list).map(readEntry);
  return entries.some((entry) => entry !== null && (entry.port === null || entry.port === port) && entry.covers(host));
}

/** The places in the list, from 1, of entries that stand for no host. */
export function meaninglessEntries(list: string): number[] {
  return entriesIn(list).flatMap((entry, index) => (readEntry(entry) === null ? [index + 1] : []));
}
