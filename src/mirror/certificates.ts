import { DAY_MS } from "../base/durations.ts";
import { byName, type Wallet } from "./ces-responses.ts";

/**
 * Names the wallets whose certificate has expired or expires soon; null: none. Oracle sends the date in milliseconds since the epoch. A
 * wallet is identified by its place in the manifest, since its name is text from a server.
 */
export function certificateWarning(wallets: readonly Wallet[], now: number, warnDays: number): string | null {
  const ending = wallets.toSorted(byName).flatMap(({ certificateEndDate: at }, index) => {
    if (at === null || at > now + warnDays * DAY_MS) return [];
    const date = new Date(Math.min(at, 8.64e15)).toISOString().slice(0, 10);
    return [`the certificate of wallet ${index + 1} in the manifest ${at <= now ? "has ended on" : "ends on"} ${date}`];
  });
  return ending.length === 0 ? null : ending.join("; ");
}
