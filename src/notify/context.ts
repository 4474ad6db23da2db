import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Settings } from "../base/settings/settings.ts";
import type { SecretStore } from "../clients/vault/store.ts";
import type { Channels } from "./channels.ts";

/** What notifying works with: the secret in Vault, the channels, and the time that is left. */
export interface NotifyContext {
  readonly secretId: string;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly log: Log;
  readonly store: SecretStore;
  /** The same secret, for work that ends with another budget. */
  readonly storeWithin: (budget: Budget) => SecretStore;
  /** How those are told who have asked to hear of this secret. */
  readonly channels: Channels;
}
