import type { Emulator } from "../../../src/emulator/emulator.ts";
import type { Owner, Prepared } from "./prepare.ts";

/** After which request something was seen to have changed. */
interface Seen {
  /** The emulator's number of the request after which it was seen; 0: none had come. */
  readonly sequence: number;
  readonly caller: string;
  readonly at: number;
}

/** The values that an issuer takes for a client have changed. */
export interface Change extends Seen {
  readonly owner: Owner;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Another version of S has become CURRENT. */
export interface Turn extends Seen {
  readonly number: number;
  /** The values that the issuer took for S's client in that moment. */
  readonly accepted: readonly string[];
}

export interface Watch {
  readonly changes: readonly Change[];
  /** The first is what the history has left. */
  readonly turns: readonly Turn[];
  /** Every value that was taken for the client at any time. */
  seen(owner: Owner): ReadonlySet<string>;
}

const owners: readonly Owner[] = ["S", "B", "O", "U"];

/** Looks at what the issuer takes for each client, and at S's CURRENT, after every request. */
export function watchClients(emulator: Emulator, { ground, clients, secretIds }: Prepared): Watch {
  const changes: Change[] = [];
  const turns: Turn[] = [];
  const { versions } = emulator.admin.secret(secretIds.S);
  const seen = (): Seen => {
    const record = emulator.requests.at(-1);
    return { sequence: record?.sequence ?? 0, caller: record?.caller ?? "", at: emulator.clock.now() };
  };
  const turn = () => {
    const number = versions.find(({ stage }) => stage === "CURRENT")?.number;
    if (number === undefined || number === turns.at(-1)?.number) return;
    turns.push({ ...seen(), number, accepted: ground.accepted(emulator, clients.S.clientId) });
  };
  turn();
  const known = owners.flatMap((owner) => {
    const client = clients[owner];
    if (client === null) return [];
    const read = () => ground.accepted(emulator, client.clientId);
    const before = read();
    return [{ owner, read, before, all: new Set(before) }];
  });
  const look = () => {
    turn();
    for (const one of known) {
      const now = one.read();
      const added = now.filter((value) => !one.before.includes(value));
      const removed = one.before.filter((value) => !now.includes(value));
      one.before = now;
      if (added.length + removed.length === 0) continue;
      for (const value of added) one.all.add(value);
      const { owner } = one;
      changes.push({ owner, ...seen(), added, removed });
    }
  };
  emulator.core.onChange(look);
  return { changes, turns, seen: (owner) => known.find((one) => one.owner === owner)?.all ?? new Set() };
}
