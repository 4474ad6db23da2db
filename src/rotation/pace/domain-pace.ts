import type { Clock } from "../../base/clock.ts";
import { MINUTE_MS, SECOND_MS } from "../../base/durations.ts";
import { type Counts, FIRST_COST, type Group, groups, perSecondOf } from "./limits.ts";

/** The requests reserved for an admitted rotation, and those it has sent. */
export interface Share {
  readonly left: Record<Group, number>;
  readonly sent: Record<Group, number>;
  readonly admittedAt: number;
  /** How long after it was admitted its second request of the group was sent; null: none was. */
  readonly laterAfter: Record<Group, number | null>;
}

/** The pace of one domain. Times are milliseconds on `Clock.monotonic`. */
export interface DomainPace {
  /** Waits until the domain has room for a whole rotation, or until `isOver` says so; first come first served. */
  admit(isOver?: () => boolean): Promise<Share>;
  /** Called before a request is sent; waits at most for the next second. `share` null: the request belongs to no admitted rotation. */
  send(group: Group, share: Share | null): Promise<void>;
  /** The rotation has ended. Its unused requests become free, and those used feed the estimate for the next rotation. */
  end(share: Share): void;
  /** The domain answered 429. */
  refused(pauseMs: number): void;
}

/** How often the head of the queue checks again, since a rotation that ends makes room before the window does. */
const LOOK_MS = 250;
/** The same in a pause after a 429. */
const LONG_LOOK_MS = 5_000;
const SLOWER = 0.75;
const FASTER = 1.1;
const SLOWEST_PER_MINUTE = 12;
/**
 * WEIGHT: share of the last rotation in the moving average. ROUNDING: how far the average may exceed a whole number without rounding up.
 */
const WEIGHT = 0.25;
/** How fast the estimate of a rotation's length grows. It falls at once, since too long an estimate would exceed the limit. */
const LONGER = 0.05;
const ROUNDING = 0.1;

/** @param perMinute requests per group; null: no limit until a 429 shows one */
export function createDomainPace(clock: Clock, perMinute: number | null): DomainPace {
  const sentAt: Record<Group, number[]> = { token: [], other: [] };
  const reserved: Record<Group, number> = { token: 0, other: 0 };
  let cost: Counts = FIRST_COST;
  /** After admission, the least time to a rotation's second request. What was sent so long before the window's end is out of it by then. */
  const lead: Record<Group, number | null> = { token: null, other: null };
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
      const later = within(group, MINUTE_MS - (lead[group] ?? 0)) + reserved[group] + needOf(group);
      // A single rotation that needs more than the limit must still be possible.
      return used === 0 || (sentAt[group].length < most && later <= most);
    });
  };

  return {
    admit: (isOver = () => false) => {
      const admitted = queue.then(async (): Promise<Share> => {
        while (!hasRoom() && !isOver()) {
          const pauseMs = openAt - clock.monotonic();
          await clock.sleep(Math.min(pauseMs > 0 ? pauseMs : LOOK_MS, LONG_LOOK_MS));
        }
        const left = { token: needOf("token"), other: needOf("other") };
        for (const group of groups) reserved[group] += left[group];
        const sent = { token: 0, other: 0 };
        return { left, sent, admittedAt: clock.monotonic(), laterAfter: { token: null, other: null } };
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
      if (share.sent[group] === 2) share.laterAfter[group] = clock.monotonic() - share.admittedAt;
      if (share.left[group] === 0) return;
      share.left[group] -= 1;
      reserved[group] -= 1;
    },
    end: ({ left, sent, laterAfter }) => {
      for (const group of groups) {
        const after = laterAfter[group];
        const known = lead[group];
        if (after !== null) lead[group] = known === null ? after : Math.min(after, known + (after - known) * LONGER);
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
