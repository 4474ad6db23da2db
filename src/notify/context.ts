import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Settings } from "../base/settings/settings.ts";
import type { Tally } from "../base/tally.ts";
import type { SecretStore } from "../clients/vault/store.ts";
import type { Channels } from "./channels.ts";

/** What notifications need: the secret in Vault, the channels, and the remaining time. */
export interface NotifyContext {
  readonly secretId: string;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly log: Log;
  /** What the call counts. */
  readonly tally: Tally;
  readonly clients: {
    /** This call's secret in OCI Vault. */
    readonly vault: SecretStore;
    /** The same secret, for work with another budget. */
    readonly vaultWithin: (budget: Budget) => SecretStore;
    /** The channels to this secret's subscribers. */
    readonly notifications: Channels;
  };
}
