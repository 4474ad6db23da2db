/** The recipe of docs/consumer.md for openid-client 6, as it is tested. */
import * as client from "openid-client";
import type { CredentialSource } from "../../src/consumer/index.ts";

export function requestTokens(source: CredentialSource, server: client.ServerMetadata, scope: string) {
  return source.use(({ clientId, clientSecret }) => {
    const configuration = new client.Configuration(server, clientId, undefined, rawBasic(clientId, clientSecret));
    return client.clientCredentialsGrant(configuration, { scope });
  });
}

function rawBasic(clientId: string, clientSecret: string): client.ClientAuth {
  return (_server, _client, _body, headers) => {
    headers.set("authorization", `Basic ${btoa(`${clientId}:${clientSecret}`)}`);
  };
}
