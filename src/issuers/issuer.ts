import type { AxiosInstance } from "axios";
import type { Clock } from "../clock.ts";
import type { Content } from "../content.ts";
import type { RotationError } from "../errors.ts";
import type { Token } from "../http/token-cache.ts";
import type { Secret } from "../secret.ts";

/** What an issuer says of itself; the order of work follows from it, so no stage knows an issuer by name. */
export interface Traits {
  /** Who makes the new value: a value that the issuer makes exists nowhere else until it is stored. */
  readonly valueChosenBy: "issuer" | "caller";
  /** `probe`: may be readable; an absent, empty or masked value counts as no. */
  readonly readBack: "yes" | "no" | "probe";
  /** Whether old and new value both work for a time. */
  readonly overlap: "none" | "timed" | "two-slot";
  /** With whose credential a new value may be asked for. */
  readonly authorities: readonly ("client" | "other-client" | "resource-principal")[];
  /** What asking for a new value once more does to the one made before. */
  readonly repeatMint: "safe" | "last-wins" | "destructive";
}

export type Verdict = "accepted" | "rejected" | "unknown";

/**
 * The issuer's answer to a login. Only the issuer saying so makes a secret rejected; `final` marks an unknown verdict that asking again
 * in this call cannot change.
 */
export type Login =
  | { readonly verdict: "accepted"; readonly token: Token }
  | { readonly verdict: "rejected" }
  | { readonly verdict: "unknown"; readonly error: RotationError; readonly final: boolean };

/** `unknown`: the request may have taken effect, now or later. `refused`: it has not and will not. */
export type Mint =
  | { readonly outcome: "minted"; readonly clientSecret: Secret }
  | { readonly outcome: "refused"; readonly error: RotationError }
  | { readonly outcome: "unknown"; readonly error: RotationError };

export type ReadBack =
  | { readonly outcome: "read"; readonly clientSecret: Secret }
  | { readonly outcome: "not-readable" }
  | { readonly outcome: "token-refused" }
  | { readonly outcome: "unknown"; readonly error: RotationError };

/** What the secret's content says, with what can be asked of the issuer by it. */
export interface Credential {
  readonly traits: Traits;
  /** Where the credential is sent: scheme, host, port. */
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** The member of the content that holds the client secret. */
  readonly rotatedMember: string;
  /** The scope that `login` asks for. */
  readonly scope: string;
  /** A fresh token request: the only thing that counts as a verdict. Never throws. */
  login(): Promise<Login>;
  /** Has the issuer make a new client secret: one request, never repeated here. Never throws. */
  mint(token: Token): Promise<Mint>;
  /** Reads the client secret that the issuer holds. Never throws. */
  readBack(token: Token): Promise<ReadBack>;
}

/** What an issuer needs from outside, made for one invocation. */
export interface IssuerContext {
  readonly http: AxiosInstance;
  readonly clock: Clock;
}

export interface Issuer {
  readonly name: string;
  /**
   * Understands a version's content.
   * @throws RotationError CONTENT_INVALID naming the member, never its value
   */
  open(content: Content, context: IssuerContext): Credential;
}
