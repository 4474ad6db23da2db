import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../base/clock.ts";
import { retryAfterMs } from "../../clients/http/retry-after.ts";
import type { Transport } from "../../clients/http/transport.ts";
import { createDomainPace, type DomainPace, type Share } from "./domain-pace.ts";
import { DEFAULT_PER_MINUTE, groupOf, groups, isIdentityDomain } from "./limits.ts";

export interface PacerOptions {
  readonly clock: Clock;
  /** Sends requests to issuers. */
  readonly transport: Transport;
  /** Requests per minute per domain, token requests and others counted separately; null: the limit of the smallest identity domain. */
  readonly perMinute: number | null;
  /** The least pause after a 429, also without Retry-After. */
  readonly pauseMs: number;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The operator interrupted before the work had sent anything to an issuer. */
export const notStarted = Symbol("not started");

/**
 * Spreads rotations so that no domain answers 429. A rotation waits before its first request to a domain, until there is room for all its
 * requests; nothing has been changed by then. After that it is not held up again.
 */
export interface Pacer {
  readonly transport: Transport;
  /**
   * Runs one rotation, unless `isOver` says before there is room that it is too late.
   * Its requests through `transport` are recognised by the asynchronous context that they are sent in.
   */
  run<T>(work: () => Promise<T>, isOver?: () => boolean): Promise<T | typeof notStarted>;
  /** Waits for room for a rotation whose requests are sent elsewhere; `null` if the operator interrupted. */
  admitRemote(key: string): Promise<{ refused(): void; end(): void } | null>;
}

interface Ticket {
  readonly shares: Map<DomainPace, Share>;
  readonly isOver: () => boolean;
  /** Ends the rotation as one that never began. */
  giveUp(): void;
}

const never = () => false;

/** One for all pacers: Node 22 copies the store of each such storage at every promise, and forgets none of them. */
const tickets = new AsyncLocalStorage<Ticket>();

export function createPacer({ clock, transport, perMinute, pauseMs, signal }: PacerOptions): Pacer {
  const domains = new Map<string, DomainPace>();
  const paceOf = (key: string, limit: number | null): DomainPace => {
    const known = domains.get(key) ?? createDomainPace(clock, limit);
    domains.set(key, known);
    return known;
  };

  const interrupted = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  /** Null: the operator interrupted before there was room. */
  const admit = async (pace: DomainPace, isOver = never): Promise<Share | null> => {
    const admitted = pace.admit(isOver);
    const share = await Promise.race([interrupted, admitted]);
    if (share !== null && !signal.aborted && !isOver()) return share;
    admitted.then(pace.end, () => undefined);
    return null;
  };

  /** Waits only at the start of a rotation, since a later wait could outlast its claim. Returns the wait in ms. */
  const hold = async (pace: DomainPace, ticket: Ticket): Promise<number> => {
    if (ticket.shares.size > 0) return 0;
    const from = clock.monotonic();
    const share = await admit(pace, ticket.isOver);
    if (share === null) {
      ticket.giveUp();
      return new Promise<never>(() => undefined);
    }
    ticket.shares.set(pace, share);
    return clock.monotonic() - from;
  };

  return {
    transport: async (request) => {
      const limit = perMinute ?? (isIdentityDomain(request) ? DEFAULT_PER_MINUTE : null);
      const pace = paceOf(new URL(request.url).origin, limit);
      const ticket = tickets.getStore();
      const heldMs = ticket === undefined ? 0 : await hold(pace, ticket);
      await pace.send(groupOf(request), ticket?.shares.get(pace) ?? null);
      // A request's time-out limits the server, so our own wait is added to it.
      const answer = await transport({ ...request, deadline: request.deadline + heldMs });
      if (answer.status === 429) {
        const wished = retryAfterMs(answer.headers["retry-after"], clock.now()) ?? 0;
        pace.refused(Math.max(wished, pauseMs));
      }
      return answer;
    },
    run: async (work, isOver = never) => {
      let giveUp: () => void = () => undefined;
      const givenUp = new Promise<typeof notStarted>((resolve) => {
        giveUp = () => resolve(notStarted);
      });
      const ticket: Ticket = { shares: new Map(), isOver, giveUp };
      try {
        return await Promise.race([tickets.run(ticket, work), givenUp]);
      } finally {
        for (const [pace, share] of ticket.shares) pace.end(share);
      }
    },
    admitRemote: async (key) => {
      const pace = paceOf(key, perMinute ?? DEFAULT_PER_MINUTE);
      const share = await admit(pace);
      if (share === null) return null;
      // All are counted as sent at once, since their actual number is not reported.
      for (const group of groups) {
        for (let count = share.left[group]; count > 0; count -= 1) await pace.send(group, share);
      }
      return { refused: () => pace.refused(pauseMs), end: () => pace.end(share) };
    },
  };
}
