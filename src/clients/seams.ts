import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Settings } from "../base/settings/settings.ts";
import type { Transport } from "./http/transport.ts";
import type { VaultAccess } from "./vault/oci-store.ts";

/** What every call of a process is made from, whichever function it calls. */
export interface CallSeams {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly transport: Transport;
  /** Made at the first call, so that a wrong configuration becomes an answer and not a crash at start. */
  readonly vaultAccess: (settings: Settings) => VaultAccess;
}
