import { DAY_MS } from "../../base/durations.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import { dueAt } from "../due/due.ts";
import { listedDates } from "../due/listed-dates.ts";
import { hasFailed, LATE_MS } from "./heal-order.ts";
import type { ManyContext } from "./many.ts";
import type { Rounds } from "./rounds.ts";

/**
 * Counts the secrets that a heal of many found: by the dates of its list, and by what became of them. A secret that it did
 * not reach counts as unhealthy if the heal before noted that.
 */
export function countFound(
  { tally, clock }: Pick<ManyContext, "tally" | "clock">,
  found: readonly ListedSecret[],
  { done, counts }: Pick<Rounds, "done" | "counts">,
): void {
  const now = clock.now();
  const dates = found.map((secret) => dueAt(listedDates(secret, now)) ?? Number.POSITIVE_INFINITY);
  const reached = new Set(done);
  const noted = found.filter((secret) => !reached.has(secret.secretId) && hasFailed(secret, now));
  tally.note("SecretsFound", found.length);
  tally.note("SecretsDue", dates.filter((at) => at <= now + DAY_MS).length);
  tally.note("SecretsOverdue", dates.filter((at) => at <= now - LATE_MS).length);
  tally.note("SecretsUnhealthy", counts.failed + noted.length);
}
