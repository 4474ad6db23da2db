import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../base/clock.ts";
import { retryAfterMs } from "../../clients/http/retry-after.ts";
import type { Transport } from "../../clients/http/transport.ts";
import { createDomainPace, type DomainPace, type Share } from "./domain-pace.ts";
import { DEFAULT_PER_MINUTE, groupOf, groups, isIdentityDomain } from "./limits.ts";

export interface PacerOptions {
  readonly clock: Clock;
  /** Carries requests to issuers. */
  readonly transport: Transport;
  /** Requests a minute of one domain, token requests and others apart; null: what the smallest identity domain bears. */
  readonly perMinute: number | null;
  /** Pause after a 429 without Retry-After, or with a shorter one. */
  readonly pauseMs: number;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The work had not sent anything to an issuer when the operator interrupted. */
export const notStarted = Symbol("not started");

/**
 * Spreads rotations so that no domain answers 429: a rotation waits before its first request to a domain, when nothing has been changed yet,
 * until there is room for all of its requests; then it is not held up again.
 */
export interface Pacer {
  readonly transport: Transport;
  /** Runs one rotation, whose requests through `transport` are told from those of others by the asynchronous context they are sent in. */
  run<T>(work: () => Promise<T>): Promise<T | typeof notStarted>;
  /** Waits for room for a rotation whose requests somebody else sends; `null` where the operator interrupted. */
  admitRemote(key: string): Promise<{ refused(): void; end(): void } | null>;
}

interface Ticket {
  readonly shares: Map<DomainPace, Share>;
  /** Ends the rotation here, as one that never began. */
  giveUp(): void;
}

export function createPacer({ clock, transport, perMinute, pauseMs, signal }: PacerOptions): Pacer {
  const tickets = new AsyncLocalStorage<Ticket>();
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
  const admit = async (pace: DomainPace): Promise<Share | null> => {
    const admitted = pace.admit();
    const share = await Promise.race([interrupted, admitted]);
    if (share !== null && !signal.aborted) return share;
    admitted.then(pace.end, () => undefined);
    return null;
  };

  /** Waits where a rotation begins, and only there: later ones could outlive its claim. Returns how long it was, in ms. */
  const hold = async (pace: DomainPace, ticket: Ticket): Promise<number> => {
    if (ticket.shares.size > 0) return 0;
    const from = clock.monotonic();
    const share = await admit(pace);
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
      // The time-out of a request is for the server, not for our own patience.
      const answer = await transport({ ...request, deadline: request.deadline + heldMs });
      if (answer.status === 429) {
        const wished = retryAfterMs(answer.headers["retry-after"], clock.now()) ?? 0;
        pace.refused(Math.max(wished, pauseMs));
      }
      return answer;
    },
    run: async (work) => {
      let giveUp: () => void = () => undefined;
      const givenUp = new Promise<typeof notStarted>((resolve) => {
        giveUp = () => resolve(notStarted);
      });
      const ticket: Ticket = { shares: new Map(), giveUp };
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
      // Counted as sent at once; how many there really are nobody tells.
      for (const group of groups) {
        for (let count = share.left[group]; count > 0; count -= 1) await pace.send(group, share);
      }
      return { refused: () => pace.refused(pauseMs), end: () => pace.end(share) };
    },
  };
}
