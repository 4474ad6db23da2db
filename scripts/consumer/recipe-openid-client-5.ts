/** The recipe of docs/consumer.md for openid-client 5, as it is tested. */
import { Issuer, type IssuerMetadata } from "openid-client-5";
import type { CredentialSource } from "../../src/consumer/index.ts";

export function requestTokens(source: CredentialSource, server: IssuerMetadata, scope: string) {
  const { Client } = new Issuer(server);
  return source.use(({ clientId, clientSecret }) => {
    const client = new Client({ client_id: clientId, client_secret: clientSecret });
    return client.grant({ grant_type: "client_credentials", scope });
  });
}
