import type { Clock } from "../../base/clock.ts";
import { isPassing } from "./lifecycle.ts";
import type { SecretStore, UpdatingWait, Write } from "./store.ts";

/** Of the last writes; one slow secret must not lengthen the waits for the next. */
const KEPT = 3;
const LEAST_WAIT_MS = 100;
/** A first wait never relies on what was learnt for longer than this. */
const LONGEST_FIRST_WAIT_MS = 2_000;
/** Looks come after each sixth of the time already waited, so that no wait is more than a sixth too long. */
const SIXTH = 6;

const stepAfter = (waitedMs: number) => Math.max(LEAST_WAIT_MS, waitedMs / SIXTH);

/** How long UPDATING lasted after the last writes of this process, to any secret. */
export interface UpdatingTimes {
  /** How long to wait after a write before the first look. */
  firstWaitMs(): number;
  /**
   * A look so long after a write showed ACTIVE. If it was the first, UPDATING may have ended well before: half a step
   * less is kept, so that the first wait comes down to what Vault takes.
   */
  learn(waitedMs: number, isFirstLook: boolean): void;
  copy(): UpdatingTimes;
}

export function createUpdatingTimes(known: readonly number[] = []): UpdatingTimes {
  let times = known;
  return {
    firstWaitMs: () => (times.length === 0 ? LEAST_WAIT_MS : Math.min(LONGEST_FIRST_WAIT_MS, ...times)),
    learn(waitedMs, isFirstLook) {
      const lasted = isFirstLook ? waitedMs * (1 - 1 / (2 * SIXTH)) : waitedMs;
      times = [...times, lasted].slice(-KEPT);
    },
    copy: () => createUpdatingTimes(times),
  };
}

/** What one call knows of one secret that may be UPDATING. */
export interface Updating extends UpdatingWait {
  /** Hears of a write that goes past the store. */
  wrote(writing: Promise<Write>): Promise<Write>;
  /** The same store with this, which hears of its writes and looks. */
  watch(store: Omit<SecretStore, "updating">): SecretStore;
}

export function createUpdating(clock: Pick<Clock, "monotonic">, times: UpdatingTimes): Updating {
  /** `lookedAt`: when the last look that showed UPDATING was sent; null: none since the write. */
  let under: { readonly since: number; readonly isOwn: boolean; readonly lookedAt: number | null } | null = null;
  const sawPassing = (at: number) => {
    under = { since: at, isOwn: false, ...under, lookedAt: at };
  };
  const updating: Updating = {
    nextLookMs() {
      if (under === null) return 0;
      const { since, lookedAt } = under;
      const due = lookedAt === null ? since + times.firstWaitMs() : lookedAt + stepAfter(lookedAt - since);
      return Math.ceil(Math.max(0, due - clock.monotonic()));
    },
    async wrote(writing) {
      const write = await writing;
      if (write.outcome === "done") under = { since: clock.monotonic(), isOwn: true, lookedAt: null };
      return write;
    },
    waitedMs: () => (under === null ? 0 : clock.monotonic() - under.since),
    watch: (store) => ({
      ...store,
      updating,
      async readSecret() {
        const at = clock.monotonic();
        const state = await store.readSecret();
        if (isPassing(state)) sawPassing(at);
        else {
          if (under?.isOwn) times.learn(at - under.since, under.lookedAt === null);
          under = null;
        }
        return state;
      },
      async listVersions() {
        const at = clock.monotonic();
        const list = await store.listVersions();
        if (list === null) sawPassing(at);
        // Vault may list the versions of a secret that is UPDATING, so after a write only the secret itself tells.
        else if (under?.isOwn === false) under = null;
        return list;
      },
      // The deletion of a version leaves the secret ACTIVE.
      writeVersion: (...write) => updating.wrote(store.writeVersion(...write)),
      promote: (...write) => updating.wrote(store.promote(...write)),
      writeAnnotations: (...write) => updating.wrote(store.writeAnnotations(...write)),
    }),
  };
  return updating;
}
