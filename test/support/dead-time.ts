import type { WorldOptions } from "./world.ts";
import type { TestWorld } from "./worlds.ts";

/** How long the issuer refuses what applications read. */
export interface DeadTime {
  /** The longest time until now during which the issuer refused CURRENT, in milliseconds; the one that still lasts counts. */
  longest(): number;
  /** When CURRENT was first refused, on the world's wall clock; null: never. */
  readonly since: number | null;
}

/** A world in which after every request is looked, from outside, whether CURRENT works. */
export async function withDeadTime(
  make: (options?: WorldOptions) => Promise<TestWorld>,
  options: WorldOptions = {},
): Promise<{ readonly w: TestWorld; readonly dead: DeadTime }> {
  let seen: TestWorld | null = null;
  let since: number | null = null;
  let first: number | null = null;
  let longest = 0;
  const look = () => {
    if (seen === null) return;
    const now = seen.clock.now();
    if (since !== null) longest = Math.max(longest, now - since);
    if (seen.currentVerdict() === "accepted") {
      since = null;
      return;
    }
    since ??= now;
    first ??= since;
  };
  const w = await make({
    ...options,
    transport: (emulator) => async (request) => {
      try {
        return await emulator.transport(request);
      } finally {
        look();
      }
    },
  });
  seen = w;
  return {
    w,
    dead: {
      longest: () => {
        look();
        return longest;
      },
      get since() {
        return first;
      },
    },
  };
}

/** The function dies right after this call has taken effect; the world goes on as soon as it is dead. */
export async function killAfter(w: TestWorld, call: Parameters<TestWorld["emulator"]["faults"]["add"]>[0]["call"]) {
  w.emulator.faults.add({ call, kind: "killed-after" });
  const killed = new Promise<void>((resolve) => {
    w.emulator.onKill = () => resolve();
  });
  void w.handler(Buffer.from(JSON.stringify({ secretId: w.secretId })), {
    callID: "01KILLED",
    deadline: new Date(w.clock.now() + 300_000),
  });
  await killed;
}
