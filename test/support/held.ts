import { Secret } from "../../src/base/secret.ts";
import type { Client, Held } from "../../src/clients/issuers/client.ts";
import type { Authorization, HeldSecret } from "../../src/clients/issuers/issuer.ts";

/** The client of a toy issuer. */
export const toyClient: Client = {
  issuer: "toy",
  base: "https://toy.example",
  realm: null,
  tenant: null,
  tokenUrl: null,
  clientId: "toy",
  subject: null,
};

/** A token as proof for a client: its own, or a second authority's. */
export function bearer(
  token: string,
  client: Client = toyClient,
  by: Authorization["by"] = "client",
): Authorization & { readonly kind: "bearer" } {
  return { kind: "bearer", client, by, token: new Secret(token) };
}

export function heldSecret(value: string, client: Client = toyClient): HeldSecret {
  return { client, clientSecret: new Secret(value) };
}

/** A token of the client's login. @param expiresAt on the monotonic clock */
export function heldToken(
  value: string,
  expiresAt: number,
  client: Client = toyClient,
): Held & { readonly value: Secret; readonly expiresAt: number } {
  return { client, value: new Secret(value), expiresAt };
}
