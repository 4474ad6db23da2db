/** The recipe of docs/consumer.md for fetch, as it is tested. */
import type { CredentialSource } from "../../src/consumer/index.ts";

export function requestTokens(source: CredentialSource, tokenUrl: string, scope: string): Promise<Response> {
  return source.use(({ clientId, clientSecret }) =>
    fetch(tokenUrl, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope }),
    }),
  );
}
