import type { Clock } from "../../base/clock.ts";
import { MINUTE_MS, SECOND_MS } from "../../base/durations.ts";
import { type Counts, FIRST_COST, type Group, groups, perSecondOf } from "./limits.ts";

/** The requests reserved for an admitted rotation, and those it has sent. */
export interface Share {
  readonly left: Record<Group, number>;
  readonly sent: Record<Group, number>;
}

/** The pace of one domain. Times are milliseconds on `Clock.monotonic`. */
export interface DomainPace {
  /** Waits until the domain has room for a whole rotation, first come first served. */
  admit(): Promise<Share>;
  /** Called before a request is sent; waits at most for the next second. `share` null: the request belongs to no admitted rotation. */
  send(group: Group, share: Share | null): Promise<void>;
  /** The rotation has ended. Its unused requests become free, and those used feed the estimate for the next rotation. */
  end(share: Share): void;
  /** The domain answered 429. */
  refused(pauseMs: number): void;
}

/** How often the head of the queue checks again, since a rotation that ends makes room before the window does. */
const LOOK_MS = 250;
const SLOWER = 0.75;
const FASTER = 1.1;
const SLOWEST_PER_MINUTE = 12;
/**
 * WEIGHT: share of the last rotation in the moving average. ROUNDING: how far the average may exceed a whole number without rounding up.
 */
const WEIGHT = 0.25;
const ROUNDING = 0.1;

/** @param perMinute requests per group; null: no limit until a 429 shows one */
export function createDomainPace(clock: Clock, perMinute: number | null): DomainPace {
  const sentAt: Record<Group, number[]> = { token: [], other: [] };
  const reserved: Record<Group, number> = { token: 0, other: 0 };
  let cost: Counts = FIRST_COST;
  let limit = perMinute;
  let changedAt = clock.monotonic();
  let openAt = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const within = (group: Group, ms: number) => {
    const from = clock.monotonic() - ms;
    const times = sentAt[group];
    const first = times.findIndex((at) => at > from);
    return first === -1 ? 0 : times.length - first;
  };
  const forget = () => {
    const from = clock.monotonic() - MINUTE_MS;
    for (const group of groups) {
      while ((sentAt[group][0] ?? Number.POSITIVE_INFINITY) <= from) sentAt[group].shift();
    }
  };
  const needOf = (group: Group) => Math.max(1, Math.ceil(cost[group] - ROUNDING));

  /** After a minute without a refusal the pace increases a little, up to the requested one. */
  const recover = () => {
    if (limit === null || limit === perMinute || clock.monotonic() < changedAt + MINUTE_MS) return;
    changedAt = clock.monotonic();
    limit = Math.min(perMinute ?? Number.POSITIVE_INFINITY, Math.ceil(limit * FASTER));
  };
  const hasRoom = () => {
    if (clock.monotonic() < openAt) return false;
    forget();
    recover();
    const most = limit;
    if (most === null) return true;
    return groups.every((group) => {
      const used = sentAt[group].length + reserved[group];
      // A single rotation that needs more than the limit must still be possible.
      return used === 0 || used + needOf(group) <= most;
    });
  };

  return {
    admit: () => {
      const admitted = queue.then(async (): Promise<Share> => {
        while (!hasRoom()) {
          const pauseMs = openAt - clock.monotonic();
          await clock.sleep(pauseMs > 0 ? pauseMs : LOOK_MS);
        }
        const left = { token: needOf("token"), other: needOf("other") };
        for (const group of groups) reserved[group] += left[group];
        return { left, sent: { token: 0, other: 0 } };
      });
      queue = admitted;
      return admitted;
    },
    send: async (group, share) => {
      while (limit !== null && within(group, SECOND_MS) >= perSecondOf(limit)) {
        const oldest = sentAt[group].at(-perSecondOf(limit)) ?? 0;
        await clock.sleep(Math.max(1, oldest + SECOND_MS - clock.monotonic()));
      }
      sentAt[group].push(clock.monotonic());
      if (share === null) return;
      share.sent[group] += 1;
      if (share.left[group] === 0) return;
      share.left[group] -= 1;
      reserved[group] -= 1;
    },
    end: ({ left, sent }) => {
      for (const group of groups) {
        reserved[group] -= left[group];
        left[group] = 0;
      }
      // A rotation that ended before it sent anything to the domain says nothing about the cost.
      if (groups.every((group) => sent[group] === 0)) return;
      const mean = (group: Group) => cost[group] * (1 - WEIGHT) + sent[group] * WEIGHT;
      cost = { token: mean("token"), other: mean("other") };
    },
    refused: (pauseMs) => {
      const now = clock.monotonic();
      forget();
      // Several refusals in one burst count as one.
      if (now >= openAt) {
        const used = limit ?? Math.max(sentAt.token.length, sentAt.other.length);
        limit = Math.max(SLOWEST_PER_MINUTE, Math.floor(used * SLOWER));
        changedAt = now + pauseMs;
      }
      openAt = Math.max(openAt, now + pauseMs);
    },
  };
}
