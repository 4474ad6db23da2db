import type { Transport } from "../../src/clients/http/transport.ts";
import type { CliWorld } from "./cli.ts";

/** A client of the realm `shop` goes away before each second page of its list, so the list moves at each reading. */
export function movingList({ emulator }: CliWorld): Transport {
  const stored = emulator.admin.realm("shop").clients;
  return (request) => {
    if (request.url.includes("first=99")) {
      const [first] = Object.entries(stored).find(([, { clientId }]) => clientId !== "warden") ?? [];
      delete stored[first ?? ""];
    }
    return emulator.transport(request);
  };
}
