import { lookup } from "node:dns/promises";
import type { Resolve } from "./target.ts";

/** As the system resolves names: hosts file first, then DNS. */
export const systemResolve: Resolve = async (host) => {
  const found = await lookup(host, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
};
