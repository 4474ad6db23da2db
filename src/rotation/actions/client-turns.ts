import { RotationError } from "../../base/errors.ts";
import { type Client, isSameClient } from "../../clients/issuers/client.ts";
import type { Content } from "../../clients/vault/content.ts";
import type { Context } from "../context.ts";

/**
 * Who serves which client in one process. Locks belong to a secret, so they do not part two secrets of one client. Without
 * this, each of two runs could end the value that the other has just had made.
 */
export interface ClientTurns {
  /**
   * The run's context. Its first login takes the client, or ends the run before anything was sent to the issuer.
   * @param accepted is called whenever the issuer accepts a login
   */
  taking(context: Context, accepted?: () => void): Context;
  /**
   * The run has ended, and its client is free.
   * @returns the secret whose run had the client first, so that this one did nothing; null: it had its turn
   */
  ended(secretId: string): string | null;
  /** Whether the run of this secret has a client now. */
  isHolding(secretId: string): boolean;
}

export function createClientTurns(): ClientTurns {
  const held = new Map<string, Client>();
  const behind = new Map<string, string>();
  const take = ({ secretId, settings }: Context, client: Client) => {
    if (held.has(secretId)) return;
    for (const [holder, other] of held) {
      if (!isSameClient(other, client, settings.issuerAliases ?? [])) continue;
      behind.set(secretId, holder);
      throw new RotationError("CLAIM_LIVE", "another secret of the same client has its turn");
    }
    held.set(secretId, client);
  };
  return {
    taking: (context, accepted) => {
      const { clients } = context;
      const open = (content: Content) => {
        const credential = clients.issuers.open(content);
        return {
          ...credential,
          // Each run's first request to an issuer is a login. It serves no other client after that.
          login: async (tokenLifeSeconds: number | null) => {
            take(context, credential.client);
            const login = await credential.login(tokenLifeSeconds);
            if (login.verdict === "accepted") accepted?.();
            return login;
          },
        };
      };
      return { ...context, clients: { ...clients, issuers: { ...clients.issuers, open } } };
    },
    ended: (secretId) => {
      const holder = behind.get(secretId) ?? null;
      behind.delete(secretId);
      held.delete(secretId);
      return holder;
    },
    isHolding: (secretId) => held.has(secretId),
  };
}

/**
 * For a process that has calls of several secrets under way: those of one client follow each other.
 * @param signal ends the waiting, and the call's answer is that another secret has its turn
 * @returns runs one secret's call, and again after the call that had its client first
 */
export function createCallsInTurn(
  turns: ClientTurns,
  signal: AbortSignal,
): <T>(secretId: string, call: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<unknown>>();
  // A call that is interrupted before there was room for it never ends.
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return async (secretId, call) => {
    for (;;) {
      const running = call();
      underWay.set(secretId, running);
      const answer = await running;
      underWay.delete(secretId);
      const holder = turns.ended(secretId);
      if (holder === null) return answer;
      await Promise.race([underWay.get(holder), interrupted]);
      if (signal.aborted) return answer;
    }
  };
}
