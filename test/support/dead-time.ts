import type { CallName } from "../../src/emulator/core/call-names.ts";
import type { WorldOptions } from "./world.ts";
import type { TestWorld } from "./worlds.ts";

/** A world in which is looked from outside, after every request, whether the issuer accepts what applications read. */
export interface WatchedWorld {
  readonly w: TestWorld;
  /** For how long the issuer refuses CURRENT while this is done, in milliseconds. */
  deadDuring(work: () => Promise<unknown>): Promise<number>;
}

export async function withDeadTime(
  make: (options?: WorldOptions) => Promise<TestWorld>,
  options: WorldOptions = {},
): Promise<WatchedWorld> {
  let look: () => void = () => undefined;
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
  return {
    w,
    async deadDuring(work) {
      let deadMs = 0;
      let since: number | null = null;
      look = () => {
        const now = w.clock.now();
        if (since !== null) deadMs += now - since;
        since = w.currentVerdict() === "accepted" ? null : now;
      };
      look();
      await work();
      look();
      return deadMs;
    },
  };
}

/** A whole rotation whose function dies right after this call has taken effect. */
export async function killAfter({ emulator, clock, handler, secretId }: TestWorld, call: CallName): Promise<void> {
  emulator.faults.add({ call, kind: "killed-after" });
  const killed = new Promise<void>((resolve) => {
    emulator.onKill = () => resolve();
  });
  const context = { callID: "01KILLED", deadline: new Date(clock.now() + 300_000) };
  void handler(Buffer.from(JSON.stringify({ secretId })), context);
  await killed;
}
