import type { HttpRequest } from "../../../../src/clients/http/transport.ts";
import type { Admin } from "../../../../src/emulator/admin.ts";
import type { Emulator } from "../../../../src/emulator/emulator.ts";

/** What a content says of where its client is known, and which requests go there. */
export interface Place {
  readonly members: Readonly<Record<string, unknown>>;
  serves(request: Pick<HttpRequest, "headers">, url: URL): boolean;
}

/** A client as contents name it. */
export interface IssuerClient {
  readonly clientId: string;
  /** The members of a content that name the client: `clientId`, and its companions. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** What a client may do at the issuer: nothing, change itself, change every one. */
export type Right = "none" | "itself" | "all";

/** One kind of issuer as the adversary's world has it: its places, its clients, and what it accepts, seen from outside. */
export interface Ground {
  /** A content may name a tenant, which says which client it means. */
  readonly hasTenants: boolean;
  readonly rotatedMember: "appSecret" | "clientSecret";
  readonly home: Place;
  /** A host of the attacker's. */
  readonly evil: Place;
  /** A path of the attacker's at the issuer's own origin. */
  readonly path: Place;
  /** A realm, zone, tenant or domain of the attacker's at the issuer. */
  readonly realm: Place;
  /** Where the issuer was before it moved. */
  readonly old: Place;
  /** Of OROT_ISSUER_ORIGINS: the issuer's base exactly; its origin with every path; what the attacker has. */
  readonly origins: { readonly base: string; readonly origin: string; readonly evil: readonly string[] };
  /** The members of a second authority's content and of its entries, besides clients and secrets. */
  readonly authority: {
    readonly members: Readonly<Record<string, unknown>>;
    readonly entry: Readonly<Record<string, unknown>>;
  };
  /** The client as one line, as a defined tag holds it. */
  clientText(client: IssuerClient): string;
  makeClient(admin: Admin, secret: string, right: Right): IssuerClient;
  /** Every value that the issuer takes for the client. */
  accepted(emulator: Emulator, clientId: string): readonly string[];
  /** Every token that was ever given to the client and is kept. */
  tokens(emulator: Emulator, clientId: string): readonly string[];
  /** An administrator sets a value at the issuer's console; no other one works any more. */
  reset(emulator: Emulator, clientId: string, value: string): void;
  /** The values whose change the issuer cannot be told from: this client's and, at an issuer of the same host, others' tokens. */
  readonly isIssuerChosen: boolean;
}

/** One line: name and value of each field, written so that no two clients have one text. */
export function textOfFields(issuer: string, fields: readonly (readonly [string, string])[]): string {
  return [issuer, ...fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join(" ");
}

/** Requests to a host, below a path. */
export function at(host: string, path = "/"): Place["serves"] {
  return (_, url) => url.host === host && url.pathname.startsWith(path);
}

export const EVIL_HOST = "evil.example";
/** What the attacker's own realm, zone, tenant or path is called. */
export const EVIL_NAME = "rogue";
