import type { Entropy } from "../base/entropy.ts";
import type { Place } from "../base/place.ts";
import type { TokenCache } from "../clients/http/token-cache.ts";
import type { Client } from "../clients/issuers/client.ts";
import type { Authority, Credential } from "../clients/issuers/issuer.ts";
import type { Content } from "../clients/vault/content.ts";
import type { NotifyContext } from "../notify/context.ts";
import type { Acceptances } from "./acceptances.ts";
import type { ClientCache } from "./client-cache.ts";

/** The outcome of a stage. */
export interface StageNote {
  readonly stage: string;
  readonly outcome: string;
}

/** The clients of the issuers and of the second authorities. */
export interface IssuerClients {
  /** Makes the issuer's client for a version's content. Throws as `openCredential` does. */
  readonly open: (content: Content) => Credential;
  /**
   * The second authorities that may ask for a new secret of this client. The settings and the authorities' own secrets
   * bind them to the secret at this place. Empty if the place is not known.
   */
  readonly authoritiesFor: (credential: Credential, place: Place | null) => Promise<readonly Authority[]>;
  /** How long this client's issuer must not be asked after a 429, in ms; 0: it may be asked now. */
  readonly pauseMs: (client: Client) => number;
}

/** Everything that one call works with: the injected clients and its bounds. Stages take nothing from elsewhere. */
export interface Context extends NotifyContext {
  readonly clients: NotifyContext["clients"] & { readonly issuers: IssuerClients };
  readonly entropy: Entropy;
  /** Hears of each stage as it ends; it must not throw. */
  readonly onStage?: ((note: StageNote) => void) | undefined;
  /**
   * How requests to issuers are paced. `isFinishing`: a rotation has begun, so the run cannot afford a long pause after
   * a 429.
   */
  readonly pace: { isFinishing: boolean };
  readonly tokens: TokenCache;
  readonly clientCache: ClientCache;
  readonly acceptances: Pick<Acceptances, "has">;
}
