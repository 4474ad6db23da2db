import type { Clock } from "../../base/clock.ts";
import type { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Settings } from "../../base/settings/settings.ts";
import type { IssuerHttp } from "../http/issuer-http.ts";
import type { OciSigner } from "../http/oci-http-client.ts";
import type { Content } from "../vault/content.ts";
import { type Client, type Held, rateKey } from "./client.ts";
import type { ClientAuth, TokenEndpoint } from "./token-request.ts";
import type { Login } from "./verdict.ts";

/** What an issuer says of itself; the order of work follows from it, so no stage knows an issuer by name. */
export interface Capabilities {
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

/**
 * How a request to the issuer proves who asks: a bearer token, or OCI's own request signature. It serves the one client that it is held for.
 * `by`: the client itself, or a second authority.
 */
export type Authorization = Held & { readonly by: "client" | "authority" } & (
    | {
        readonly kind: "bearer";
        readonly token: Secret;
        /** Where an authority got it, as its own content says. */
        readonly tokenUrl?: string;
      }
    | { readonly kind: "signature"; readonly signer: OciSigner }
  );

/** A token that the client got with its own secret, as authorization. */
export function bearerOf(client: Client, token: Secret): Authorization {
  return { kind: "bearer", client, by: "client", token };
}

/**
 * What becomes of the older value when a new one is installed, as far as the issuer can let two work. `keep`: CURRENT's works now, and works on
 * for the grace. `revive`: no version holds the older one; what the issuer holds works for the grace, even if it has ended by itself.
 */
export type Older = "keep" | "revive" | "end";

/** A client secret, with the client that it belongs to. */
export interface HeldSecret extends Held {
  readonly clientSecret: Secret;
}

/** A credential of another's, with which a new client secret may be asked for when the client's own is dead. */
export interface Authority {
  /** For logs: never a secret. */
  readonly name: string;
  /** Its own secret in Vault could not be read, or cannot be used as it is: whether it may speak for this client is not known. */
  readonly isUnread?: true;
  /** Logs in as that authority. Never throws. */
  prove(): Promise<
    | { readonly verdict: "accepted"; readonly authorization: Authorization }
    | { readonly verdict: "rejected" }
    | { readonly verdict: "unknown"; readonly error: RotationError }
  >;
}

/** `unknown`: the request may have taken effect, now or later. Every other outcome but `minted`: it has not and will not. */
export type Mint =
  | { readonly outcome: "minted"; readonly clientSecret: Secret }
  | { readonly outcome: "refused"; readonly error: RotationError }
  /** Another change of the same client is under way there, or what has to be asked first is not known now: it may be asked again. */
  | { readonly outcome: "busy"; readonly error: RotationError }
  /** 401 or 403: with this token or signature it will not go, with another it may. */
  | { readonly outcome: "proof-refused"; readonly error: RotationError }
  | { readonly outcome: "unknown"; readonly error: RotationError };

/**
 * How giving the issuer a value of our own ended. `policy-refused`: this value never; `refused`: no value of ours; `occupied`: the client
 * holds as many values as it may, perhaps this one among them.
 */
export type Install =
  | { readonly outcome: "installed" }
  | {
      readonly outcome: "policy-refused" | "refused" | "occupied" | "proof-refused" | "unknown";
      readonly error: RotationError;
    };

/**
 * The result of ending an overlap. `nothing-to-retire`: the issuer holds only one value. `refused`, `proof-refused`:
 * nothing has changed.
 */
export type Retire =
  | { readonly outcome: "retired" | "nothing-to-retire" }
  | { readonly outcome: "refused" | "proof-refused" | "unknown"; readonly error: RotationError };

export type ReadBack =
  | { readonly outcome: "read"; readonly clientSecret: Secret }
  /** `isProofAlive`: the issuer knew who asked. */
  | { readonly outcome: "not-readable"; readonly isProofAlive: boolean }
  | { readonly outcome: "proof-refused" }
  | { readonly outcome: "unknown"; readonly error: RotationError };

/**
 * When the issuer itself expires the client secret, in milliseconds since the epoch; null: never. `unreadable`: the issuer does not
 * disclose it; `unknown`: could not be read this time.
 */
export type Expiry =
  | { readonly outcome: "read"; readonly at: number | null }
  | { readonly outcome: "proof-refused" | "unreadable" | "unknown" };

/** Where an issuer lives. */
export interface IssuerAddress {
  /** As `canonicalAddress` writes it. */
  readonly base: string;
  /** Of Keycloak. */
  readonly realm: string | null;
  /** The address that tokens are requested from; null: the issuer's usual one. */
  readonly tokenUrl: string | null;
}

/** Where and how clients of an issuer log in. */
export interface LoginPlace {
  readonly tokenEndpoint: TokenEndpoint;
  /** The audience of a client assertion (RFC 7523, section 3). */
  readonly assertionAudience: string;
  /** How a client of this issuer shows its secret in a token request. */
  clientAuth(clientId: string, clientSecret: string): ClientAuth;
}

/** What the secret's content says, with what can be asked of the issuer by it. Whatever is handed in must be held for the same client. */
export interface Credential extends HeldSecret {
  readonly capabilities: Capabilities;
  /** The same client with another client secret. */
  withSecret(clientSecret: Secret): Credential;
  /** The member of the content that holds the client secret. */
  readonly rotatedMember: string;
  /** Where this client asks for tokens. */
  readonly tokenEndpoint: TokenEndpoint;
  /**
   * Present if the issuer or the content can show an obstacle to a new value before any change. Sends only GETs.
   * @param prove logs in a client that may ask for the new value
   * @returns why that client may not look, if another may; null: nothing is in the way
   * @throws RotationError the obstacle; the error of `prove`
   */
  preflight?(prove: () => Promise<Authorization>): Promise<RotationError | null>;
  /**
   * A fresh token request: the only thing that counts as a verdict. Never throws.
   * @param tokenLifeSeconds how long the token should live; null: as long as the issuer usually grants
   */
  login(tokenLifeSeconds: number | null): Promise<Login>;
  /**
   * Has the issuer make a new client secret: one request, never repeated here. Never throws.
   * @param isInTime asked right before that request if another one must come first; `busy` if it is too late
   */
  mint(authorization: Authorization, isInTime?: () => boolean): Promise<Mint>;
  /**
   * Gives the issuer a value of our own: idempotent, sent once. Never throws.
   * @param older this credential's own value, unless it is to be revived
   */
  install(authorization: Authorization, value: HeldSecret, older: Older): Promise<Install>;
  /** Reads the client secret that the issuer holds. Never throws. */
  readBack(authorization: Authorization): Promise<ReadBack>;
  /**
   * Has the issuer delete the older of two values. Only sent if this credential is known to be the newer one. Never
   * throws.
   * @param older the value that is to die
   */
  retire(authorization: Authorization, older: HeldSecret): Promise<Retire>;
  /**
   * Has the issuer keep this credential's own value alone. A UAA ends every token too. Idempotent, never throws. Absent: the issuer holds
   * no value that its versions do not tell.
   */
  keepAlone?(authorization: Authorization): Promise<Retire>;
  /** Asks when the newest client secret ends. Never throws. Absent: this issuer lets none end by itself, or does not say so. */
  readExpiry?(authorization: Authorization): Promise<Expiry>;
}

/** What an issuer needs from outside, made for one invocation. */
export interface IssuerContext {
  /** Waits for a pause after 429 to end, as far as the time left allows. */
  readonly http: IssuerHttp;
  /** Never waits: for a request that changes the issuer, which must not be sent later than it was decided. */
  readonly httpAtOnce: IssuerHttp;
  readonly clock: Clock;
  readonly settings: Pick<
    Settings,
    "ociIamValue" | "graceHours" | "retireAfter" | "longestGraceHours" | "issuerOrigins" | "issuerAliases"
  >;
}

/** The same context for one client. A pause after a 429 covers only its domain, realm, tenant or zone. */
export function counted(context: IssuerContext, client: Client): IssuerContext {
  const key = rateKey(client);
  return { ...context, http: context.http.countedAs(key), httpAtOnce: context.httpAtOnce.countedAs(key) };
}

export interface Issuer {
  readonly name: string;
  /** The member of a content that says where the issuer lives. */
  readonly baseMember: "url" | "domainUrl";
  /** The members of a content that identify the client, besides `clientId`. */
  readonly identifying: readonly string[];
  /**
   * The client that a version's content names, whatever its client secret.
   * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED naming the member, never its value
   */
  clientIn(content: Content): Client;
  /**
   * Why this client must not be given its first secret: it works without one, or nothing tells. Null: a login without a secret is refused.
   * Absent: every client of this issuer needs one. Never throws.
   */
  whyNeedsNoSecret?(client: Client, context: IssuerContext): Promise<RotationError | null>;
  /** Where and how other clients of the issuer at this address log in. */
  loginAt(address: IssuerAddress): LoginPlace;
  /**
   * Understands a version's content.
   * @throws RotationError CONTENT_INVALID naming the member, never its value
   */
  open(content: Content, context: IssuerContext): Credential;
}
