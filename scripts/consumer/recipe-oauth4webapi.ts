/** The recipe of docs/consumer.md for oauth4webapi, as it is tested. */
import * as oauth from "oauth4webapi";
import type { CredentialSource } from "../../src/consumer/index.ts";

export function requestTokens(source: CredentialSource, server: oauth.AuthorizationServer, scope: string) {
  return source.use(async ({ clientId, clientSecret }) => {
    const client = { client_id: clientId };
    const proof: oauth.ClientAuth = (_server, _client, _body, headers) => {
      headers.set("authorization", `Basic ${btoa(`${clientId}:${clientSecret}`)}`);
    };
    const response = await oauth.clientCredentialsGrantRequest(server, client, proof, { scope });
    return oauth.processClientCredentialsResponse(server, client, response);
  });
}
