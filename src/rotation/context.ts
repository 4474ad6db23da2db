import type { Entropy } from "../base/entropy.ts";
import type { Place } from "../base/place.ts";
import type { TokenCache } from "../clients/http/token-cache.ts";
import type { Client } from "../clients/issuers/client.ts";
import type { Authority, Credential } from "../clients/issuers/issuer.ts";
import type { Content } from "../clients/vault/content.ts";
import type { NotifyContext } from "../notify/context.ts";
import type { Acceptances } from "./acceptances.ts";
import type { ClientCache } from "./client-cache.ts";

/** What a stage came to. */
export interface StageNote {
  readonly stage: string;
  readonly outcome: string;
}

/** The issuers of client secrets, and those who may ask them. */
export interface IssuerClients {
  /** Makes the issuer's client for a version's content. Throws as `openCredential` does. */
  readonly open: (content: Content) => Credential;
  /**
   * Who else may ask for a new client secret of this client: as the settings and the authorities' own secrets bind it to the secret at this
   * place; nobody where that is not known.
   */
  readonly authoritiesFor: (credential: Credential, place: Place | null) => Promise<readonly Authority[]>;
  /** How long this client's issuer must not be asked, as it answered 429, in ms; 0: it may be. */
  readonly pauseMs: (client: Client) => number;
}

/** Everything one call works with: the injected clients and what bounds them. Stages take nothing from anywhere else. */
export interface Context extends NotifyContext {
  readonly clients: NotifyContext["clients"] & { readonly issuers: IssuerClients };
  readonly entropy: Entropy;
  /** Hears of each stage as it ends; it must not throw. */
  readonly onStage?: ((note: StageNote) => void) | undefined;
  /** What the requests to issuers go by. `isFinishing`: something has begun, so a pause after 429 is not waited out for longer than it may lie. */
  readonly pace: { isFinishing: boolean };
  readonly tokens: TokenCache;
  readonly clientCache: ClientCache;
  readonly acceptances: Pick<Acceptances, "has">;
}
