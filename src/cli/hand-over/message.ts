import { CompactEncrypt, importJWK } from "jose";
import { Secret } from "../../base/secret.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Recipient } from "./recipient-key.ts";

export interface HandedOver {
  readonly credential: Credential;
  readonly clientSecret: Secret;
  readonly versionNo: number;
  /** RFC 3339; null: it ends by itself never, or nobody tells. */
  readonly expiresOn: string | null;
}

/**
 * What the holder finds inside. OAuth's names (RFC 7591, section 3.2.1), and for Ed-Fi also those that its vendors know: key and secret.
 * `secret_expires_on` is our knowledge, not the issuer's.
 */
function membersOf({ credential, clientSecret, versionNo, expiresOn }: HandedOver): object {
  const { client, tokenEndpoint } = credential;
  const value = clientSecret.reveal();
  return {
    client_id: client.clientId,
    client_secret: value,
    issuer: client.realm === null ? client.base : `${client.base}/realms/${encodeURIComponent(client.realm)}`,
    token_url: tokenEndpoint.url,
    ...(tokenEndpoint.scope !== null && { scope: tokenEndpoint.scope }),
    secret_expires_on: expiresOn,
    version: versionNo,
    ...(client.issuer === "edfi-cms" && { key: client.clientId, secret: value }),
  };
}

/** One compact JWE (RFC 7516), without a newline: some programs fail on one. */
export async function encryptFor({ jwk, alg, thumbprint }: Recipient, handedOver: HandedOver): Promise<string> {
  const text = new Secret(JSON.stringify(membersOf(handedOver)));
  return new CompactEncrypt(new TextEncoder().encode(text.reveal()))
    .setProtectedHeader({ alg, enc: "A256GCM", kid: thumbprint, cty: "json" })
    .encrypt(await importJWK(jwk, alg));
}

/** What goes with the message. It says nothing that is secret. */
export function coveringText({ credential, versionNo, expiresOn }: HandedOver, recipient: Recipient): string {
  const { client } = credential;
  return `This message holds a new client secret for the OAuth client ${client.clientId} at ${client.base}, version ${versionNo}.
Only the holder of the private key with the thumbprint ${recipient.thumbprint} can open it (JWE, ${recipient.alg}, A256GCM).
${expiresOn === null ? "No date is known on which the secret ends." : `The secret ends on ${expiresOn}, as far as is known.`}

It does not prove who sent it: anyone who has your public key can make such a message. Ask the sender in another way whether it is theirs.

How to open it: docs/hand-over.md, or with step: step crypto jwe decrypt --key private.jwk < message.jwe
`;
}
