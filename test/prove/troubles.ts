import type { CallFault } from "./schedule.ts";
import type { Trouble } from "./walk-commands.ts";
import type { World } from "./world.ts";

/** What goes wrong for each process from now on; requests are counted from when it was set. */
export interface Troubles {
  /** @param error how far the process' clock is from the servers' */
  set(process: string, trouble: Trouble, error: { ms: number }): void;
  clear(): void;
}

interface Armed {
  readonly trouble: Trouble;
  readonly error: { ms: number };
  readonly faults: Map<number, CallFault>;
  sent: number;
  arrived: number;
}

/** Strikes requests by their place among those of their own process, so that two processes can be told what befalls each. */
export function createTroubles(world: World, late: { readonly lateMs: number; readonly soonMs: number }): Troubles {
  const { emulator, clock } = world;
  const armed = new Map<string, Armed>();
  emulator.faults.next = (_call, caller) => {
    const one = armed.get(caller);
    if (one === undefined) return undefined;
    const fault = one.faults.get(one.arrived++);
    if (fault?.kind === "lands-late") emulator.switches["late-ms"] = fault.isSoon === true ? late.soonMs : late.lateMs;
    return fault?.kind;
  };
  world.beforeSend = (process) => {
    const one = armed.get(process);
    if (one === undefined) return undefined;
    const place = one.sent++;
    const { freeze, clockJump } = one.trouble;
    if (clockJump?.at === place) one.error.ms = clockJump.ms;
    return freeze?.at === place ? clock.sleep(freeze.ms) : undefined;
  };
  return {
    set: (process, trouble, error) => {
      const faults = new Map(trouble.faults.map((fault) => [fault.at, fault]));
      armed.set(process, { trouble, error, faults, sent: 0, arrived: 0 });
    },
    clear: () => armed.clear(),
  };
}
