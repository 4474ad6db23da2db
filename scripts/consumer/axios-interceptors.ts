/** The interceptors that docs/consumer.md shows, for axios. */
import type { AxiosInstance } from "axios";
import { type Credential, type CredentialSource, isInvalidClient } from "../../src/consumer/index.ts";

declare module "axios" {
  interface InternalAxiosRequestConfig {
    tried?: Credential[];
  }
}

export function addCredential(tokens: AxiosInstance, source: CredentialSource): void {
  tokens.interceptors.request.use(async (config) => {
    config.tried ??= [await source.current()];
    const { clientId, clientSecret } = config.tried.at(-1) as Credential;
    config.headers.setAuthorization(`Basic ${btoa(`${clientId}:${clientSecret}`)}`);
    return config;
  });
  tokens.interceptors.response.use(undefined, async (error) => {
    const { config } = error;
    if (config?.tried === undefined || !(await isInvalidClient(error))) throw error;
    const other = await source.next(config.tried);
    if (other === null) throw error;
    return tokens.request({ ...config, tried: [...config.tried, other] });
  });
}
