import axios, { AxiosHeaders, type AxiosInstance, type InternalAxiosRequestConfig } from "axios";
import type { Budget } from "../budget.ts";
import type { RateGate } from "./rate-gate.ts";
import type { HttpRequest, Transport } from "./transport.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** Whose requests the server counts together; absent: those of the URL's origin. */
    rateKey?: string;
  }
}

/** The same way to the network for requests that a server counts together. */
export function countedAs(http: AxiosInstance, rateKey: string): AxiosInstance {
  return http.create({ rateKey });
}

const METHODS = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" } as const;

function methodOf(config: InternalAxiosRequestConfig): HttpRequest["method"] {
  const name = (config.method ?? "get").toLowerCase();
  for (const [known, method] of Object.entries(METHODS)) if (known === name) return method;
  throw new TypeError(`the method ${name} is not in use here`);
}

function headersOf(config: InternalAxiosRequestConfig): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers.toJSON(true))) {
    if (value !== null && value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  return headers;
}

/**
 * The axios that issuers speak through, for one invocation. Any status is an answer and the body stays text, so judging it is the
 * issuer's own pure function. Rejects with TransportError or RatePausedError, never with an AxiosError: that holds the credentials.
 */
export function createIssuerHttp(
  transport: Transport,
  gate: Pick<RateGate, "pass" | "close">,
  budget: Budget,
  limits: {
    readonly ratePauseMs: number;
    /** How long a request may wait now for a pause after 429 to end, in ms; one that would wait longer is not sent. */
    patienceMs(): number;
    /** Whether what is asked now finishes something that has begun; absent: never. */
    isFinishing?(): boolean;
  },
  clock: { monotonic(): number },
): AxiosInstance {
  return axios.create({
    validateStatus: null,
    transformResponse: [],
    headers: { "user-agent": "oci-rotate" },
    adapter: async (config) => {
      const url = config.url ?? "";
      const key = config.rateKey ?? new URL(url).origin;
      await gate.pass(key, clock.monotonic() + limits.patienceMs(), limits.isFinishing?.() ?? false);
      const body = typeof config.data === "string" ? { body: config.data } : {};
      const answer = await transport({
        method: methodOf(config),
        url,
        headers: headersOf(config),
        ...body,
        deadline: budget.callDeadline(),
      });
      if (answer.status === 429) gate.close(key, answer.headers["retry-after"], limits.ratePauseMs);
      // Without config and request: whoever prints this answer must not find the Authorization header in it.
      return {
        status: answer.status,
        statusText: "",
        data: answer.body,
        headers: new AxiosHeaders(answer.headers),
        config: { headers: new AxiosHeaders() },
      };
    },
  });
}
