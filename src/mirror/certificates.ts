import type { Wallet } from "./ces-answers.ts";

const DAY_MS = 86_400_000;

/** The wallets whose certificate ends soon or has ended, in words; null: none. Oracle says when in milliseconds since the epoch. */
export function certificateWarning(wallets: readonly Wallet[], now: number, warnDays: number): string | null {
  const ending = wallets.flatMap(({ walletName, certificateEndDate: at }) => {
    if (at === null || at > now + warnDays * DAY_MS) return [];
    const date = new Date(Math.min(at, 8.64e15)).toISOString().slice(0, 10);
    // A name comes from another server: only a known form of words may reach an operator.
    const name = /^[A-Za-z0-9_.-]{1,60}$/.test(walletName) ? ` ${walletName}` : "";
    return [`the certificate of wallet${name} ${at <= now ? "has ended on" : "ends on"} ${date}`];
  });
  return ending.length === 0 ? null : ending.join("; ");
}
