import type { Emulator } from "../../../src/emulator/emulator.ts";
import type { Owner, Prepared } from "./prepare.ts";

/** The values that an issuer takes for a client have changed. */
export interface Change {
  readonly owner: Owner;
  /** The emulator's number of the request after which it was seen; 0: none had come. */
  readonly sequence: number;
  readonly caller: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface Watch {
  readonly changes: readonly Change[];
  /** Every value that was taken for the client at any time. */
  seen(owner: Owner): ReadonlySet<string>;
}

const owners: readonly Owner[] = ["S", "B", "O", "U"];

/** Looks at what the issuer takes for each client, after every request. */
export function watchClients(emulator: Emulator, { ground, clients }: Prepared): Watch {
  const changes: Change[] = [];
  const known = owners.flatMap((owner) => {
    const client = clients[owner];
    if (client === null) return [];
    const read = () => ground.accepted(emulator, client.clientId);
    const before = read();
    return [{ owner, read, before, all: new Set(before) }];
  });
  const look = () => {
    const record = emulator.requests.at(-1);
    for (const one of known) {
      const now = one.read();
      const added = now.filter((value) => !one.before.includes(value));
      const removed = one.before.filter((value) => !now.includes(value));
      one.before = now;
      if (added.length + removed.length === 0) continue;
      for (const value of added) one.all.add(value);
      const { owner } = one;
      changes.push({ owner, sequence: record?.sequence ?? 0, caller: record?.caller ?? "", added, removed });
    }
  };
  emulator.core.onChange(look);
  return { changes, seen: (owner) => known.find((one) => one.owner === owner)?.all ?? new Set() };
}
