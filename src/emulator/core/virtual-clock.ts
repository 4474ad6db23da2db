import type { Clock } from "../../base/clock.ts";

/** 2026-11-01T00:00:00Z: any fixed time serves; a fixed one keeps runs equal. */
const DEFAULT_START_MS = Date.UTC(2026, 10, 1);

export interface VirtualClock extends Clock {
  /** How many sleepers and abort timers wait. */
  readonly waiting: number;
  /** If nothing waits, runs everything that needs no time to pass. Otherwise it returns at once. */
  settle(): Promise<void>;
}

/** So many turns share a round of the event loop, which costs as much as a turn. Microtasks drain between two of them. */
const TURNS = 8;

interface Entry {
  readonly due: number;
  readonly order: number;
  cancelled: boolean;
  fire(): void;
}

/**
 * A clock whose time passes only when nothing else can run. Whenever the microtasks are drained, a turn in `setImmediate` jumps to the earliest
 * sleeper or abort timer and wakes only that one. Entries with the same due time wake in order of creation, one per turn, so a run is a
 * function of its inputs.
 *
 * It knows nothing of sockets: code that waits for real input or output must use `systemClock`.
 *
 * `monotonic` starts at 0, so that mixing up the two scales shows at once.
 * @param elapsedMs continues from another clock at which nothing waited
 */
export function createVirtualClock(startMs: number = DEFAULT_START_MS, elapsedMs = 0): VirtualClock {
  const heap: Entry[] = [];
  let elapsed = elapsedMs;
  let order = 0;
  let live = 0;
  /** Turns that are scheduled and have not come. */
  let scheduled = 0;

  const turn = () => {
    scheduled -= 1;
    let entry = pop(heap);
    while (entry?.cancelled) {
      entry = pop(heap);
    }
    if (entry === undefined) return;
    live -= 1;
    entry.cancelled = true;
    elapsed = Math.max(elapsed, entry.due);
    entry.fire();
    schedule();
  };
  const schedule = () => {
    if (scheduled > 0 || live === 0) return;
    for (; scheduled < TURNS; scheduled++) setImmediate(turn);
  };
  const add = (ms: number, fire: () => void): Entry => {
    const entry: Entry = { due: elapsed + Math.max(0, ms), order: order++, cancelled: false, fire };
    live += 1;
    push(heap, entry);
    schedule();
    return entry;
  };
  const cancel = (entry: Entry) => {
    if (!entry.cancelled) {
      entry.cancelled = true;
      live -= 1;
    }
  };

  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    get waiting() {
      return live;
    },
    settle: async () => {
      if (live === 0) await new Promise((resolve) => setImmediate(resolve));
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = () => {
          cancel(entry);
          reject(signal?.reason);
        };
        const entry = add(ms, () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        });
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
    abortAfter: (ms) => {
      const controller = new AbortController();
      const entry = add(ms, () => controller.abort());
      return { signal: controller.signal, cancel: () => cancel(entry) };
    },
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as Entry;
    if (before(parent, entry)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (let down = 1; down < heap.length; down = 2 * at + 1) {
    const right = down + 1;
    const least = right < heap.length && before(heap[right] as Entry, heap[down] as Entry) ? right : down;
    const child = heap[least] as Entry;
    if (before(last, child)) break;
    heap[at] = child;
    at = least;
  }
  heap[at] = last;
  return top;
}
