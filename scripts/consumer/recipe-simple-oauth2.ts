/** The recipe of docs/consumer.md for simple-oauth2, as it is tested. */
import { ClientCredentials } from "simple-oauth2";
import type { CredentialSource } from "../../src/consumer/index.ts";

export function requestTokens(source: CredentialSource, auth: { tokenHost: string; tokenPath: string }, scope: string) {
  return source.use(({ clientId, clientSecret }) => {
    const options = { credentialsEncodingMode: "loose" } as const;
    const client = new ClientCredentials({ client: { id: clientId, secret: clientSecret }, auth, options });
    return client.getToken({ scope });
  });
}
