import type { IssuerHttp } from "../clients/http/issuer-http.ts";
import type { Token } from "../clients/http/token-cache.ts";
import { type IssuerResponse, noResponse } from "../clients/issuers/responses.ts";
import { CES, readEndpoints, readWallets, refusalOf, type Wallet } from "./ces-responses.ts";

/** The Credential Exchange Service, for one call. Each method throws RotationError with the next action. */
export interface CesClient {
  /**
   * Credentials and files of all wallets, with one request. `fetch-wallet` would return the same files without the schemas, and two
   * responses may not belong together.
   */
  fetchWallets(): Promise<readonly Wallet[]>;
  listCallbacks(): Promise<readonly string[]>;
  /** Idempotent, as is removal. */
  registerCallback(url: string): Promise<void>;
  removeCallback(url: string): Promise<void>;
}

export interface CesClientParts {
  readonly http: IssuerHttp;
  /** Without trailing slash. */
  readonly baseUrl: string;
  readonly tenantId: string;
  /** The token in use. */
  token(): Promise<Token>;
  /** Drops the token that the service refused. */
  dropToken(): void;
}

const REGISTRATION = "credentialRotationNotification";

export function createCesClient({ http, baseUrl, tenantId, token, dropToken }: CesClientParts): CesClient {
  const url = (operation: string) => `${baseUrl}/api/data-pe/v1/${operation}`;

  const once = async (method: string, operation: string, what: string, body?: object): Promise<IssuerResponse> => {
    const { value } = await token();
    try {
      return await http.request({
        method,
        url: url(operation),
        headers: {
          authorization: `Bearer ${value.reveal()}`,
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { data: JSON.stringify(body) }),
      });
    } catch (thrown) {
      throw noResponse(thrown, what, CES).error;
    }
  };
  const send = async (method: string, operation: string, what: string, body?: object): Promise<IssuerResponse> => {
    const first = await once(method, operation, what, body);
    if (first.status !== 401) return first;
    // A token may end early, with the client secret that it was obtained with, or with the domain's keys.
    dropToken();
    return once(method, operation, what, body);
  };
  const ask = async (method: string, operation: string, what: string, body?: object): Promise<IssuerResponse> => {
    const response = await send(method, operation, what, body);
    const refusal = refusalOf(response, what);
    if (refusal === null) return response;
    if (response.status === 401) dropToken();
    throw refusal;
  };
  const change = async (method: "PUT" | "DELETE", endpoint: string, what: string) => {
    await ask(method, "rotation-notification", what, { usecase: REGISTRATION, endpoint });
  };

  return {
    fetchWallets: async () => readWallets(await ask("GET", "fetch-credentials", "fetch-credentials")),
    listCallbacks: async () => {
      const query = new URLSearchParams({ tenantId });
      return readEndpoints(
        await ask("GET", `rotation-notification?${query}`, "the request for the registered callbacks"),
      );
    },
    registerCallback: (endpoint) => change("PUT", endpoint, "the registration of a callback"),
    removeCallback: (endpoint) => change("DELETE", endpoint, "the removal of a callback"),
  };
}
