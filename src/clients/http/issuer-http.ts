import {
  Axios,
  AxiosHeaders,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from "axios";
import type { Budget } from "../../base/budget.ts";
import type { RateGate } from "./rate-gate.ts";
import type { HttpRequest, Transport } from "./transport.ts";

/** How issuers are spoken to, for one invocation: axios, with one way to the network and one count of requests. */
export interface IssuerHttp {
  request(config: AxiosRequestConfig): Promise<AxiosResponse<string>>;
  get(url: string, config?: AxiosRequestConfig): Promise<AxiosResponse<string>>;
  post(url: string, data: string, config?: AxiosRequestConfig): Promise<AxiosResponse<string>>;
  put(url: string, data: string, config?: AxiosRequestConfig): Promise<AxiosResponse<string>>;
  delete(url: string, config?: AxiosRequestConfig): Promise<AxiosResponse<string>>;
  /** The same way for requests that a server counts together under this key. */
  countedAs(rateKey: string): IssuerHttp;
}

/** One for all: axios merges its settings with those of each request, and few of them are merged fast. Bodies go out and come in as text. */
const client = new Axios({
  validateStatus: null,
  headers: { accept: "application/json, text/plain, */*", "user-agent": "oci-rotate" },
});

const METHODS = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" } as const;

function methodOf(config: InternalAxiosRequestConfig): HttpRequest["method"] {
  const name = (config.method ?? "get").toLowerCase();
  for (const [known, method] of Object.entries(METHODS)) if (known === name) return method;
  throw new TypeError(`the method ${name} is not in use here`);
}

function headersOf(config: InternalAxiosRequestConfig): Record<string, string> {
  // Axios leaves out what has no value.
  const set = Object.entries(config.headers.toJSON(true));
  return Object.fromEntries(set.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/**
 * What issuers speak through, for one invocation. Any status is an answer and the body stays text, so judging it is the
 * issuer's own pure function. Rejects with TransportError or RatePausedError, never with an AxiosError: that holds the credentials.
 */
export function createIssuerHttp(
  transport: Transport,
  gate: Pick<RateGate, "pass" | "close">,
  budget: Budget,
  limits: {
    readonly ratePauseMs: number;
    /** How long a request may wait now for a pause after 429 to end, in ms; one that would wait longer is not sent. */
    maxWaitMs(): number;
    /** Whether what is asked now finishes something that has begun; absent: never. */
    isFinishing?(): boolean;
  },
  clock: { monotonic(): number },
): IssuerHttp {
  const through = (rateKey: string | null): IssuerHttp => {
    const adapter = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse<string>> => {
      const url = config.url ?? "";
      const key = rateKey ?? new URL(url).origin;
      await gate.pass(key, clock.monotonic() + limits.maxWaitMs(), limits.isFinishing?.() ?? false);
      const body = typeof config.data === "string" ? { body: config.data } : {};
      const response = await transport({
        method: methodOf(config),
        url,
        headers: headersOf(config),
        ...body,
        deadline: budget.callDeadline(),
      });
      if (response.status === 429) gate.close(key, response.headers["retry-after"], limits.ratePauseMs);
      // Without config and request, so that printing this response never shows the Authorization header.
      return {
        status: response.status,
        statusText: "",
        data: response.body,
        headers: new AxiosHeaders(response.headers),
        config: { headers: new AxiosHeaders() },
      };
    };
    const request = (config: AxiosRequestConfig): Promise<AxiosResponse<string>> =>
      client.request({ ...config, adapter });
    return {
      request,
      get: (url, config) => request({ ...config, method: "get", url }),
      post: (url, data, config) => request({ ...config, method: "post", url, data }),
      put: (url, data, config) => request({ ...config, method: "put", url, data }),
      delete: (url, config) => request({ ...config, method: "delete", url }),
      countedAs: through,
    };
  };
  return through(null);
}
