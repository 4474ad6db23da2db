import { textIn } from "./error-text.ts";

/**
 * The one seam between this code and the network. The OCI SDK (through its `httpClient`), the issuers' axios (through an adapter) and
 * everything else that leaves the process speak this type, so a test, the emulator or the real network can stand behind it.
 */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute; `https:`, or `http:` on loopback, or to an untrusted target. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8 text. Absent: no body is sent. */
  readonly body?: string;
  /** Certificate authorities (PEM) trusted for this request in addition to the system's. */
  readonly authorities?: string;
  /**
   * A target chosen by someone else. Plain http is allowed, and the response body is not read. `address`: the only
   * address that is connected to, so that the name is not resolved again to another one; null: any address of the name.
   */
  readonly untrusted?: { readonly address: string | null };
  /** On `Clock.monotonic`: the request is aborted, not merely given up, when it passes. */
  readonly deadline: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8, at most `MAX_RESPONSE_BYTES`; empty of an untrusted target. */
  readonly body: string;
}

/** Sends one request, follows no redirect, repeats nothing. Any status is an answer; only the lack of one throws `TransportError`. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

/** The largest answer read, in bytes. A Vault bundle is at most 25 KB of content; a page of versions far less than this. */
export const MAX_RESPONSE_BYTES = 1_048_576;

export type TransportFailure =
  | "TIMED_OUT"
  | "UNREACHABLE"
  | "CONNECTION_LOST"
  | "RESPONSE_TOO_LARGE"
  | "CERTIFICATE_UNTRUSTED"
  | "URL_NOT_ALLOWED";

/**
 * No answer came. The error carries neither the library's error nor the request, since both may hold an Authorization
 * header. `sent` is false only if nothing can have reached the server (name not resolved, connection refused,
 * certificate refused). Otherwise the effect of the request is unknown.
 */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly failure: TransportFailure;
  readonly sent: boolean;

  constructor(failure: TransportFailure, sent: boolean, detail: string) {
    super(`${failure}: ${detail}`);
    this.failure = failure;
    this.sent = sent;
  }

  /** With the cause and the host, as `noAnswerOf` reads them. @param code Node's, or TIMED_OUT */
  static at(failure: TransportFailure, sent: boolean, code: string, host: string): TransportError {
    return new TransportError(failure, sent, `${code} at ${host}`);
  }
}

const PROXY_WORDS = "the proxy of HTTPS_PROXY";
const PROXY_TROUBLE = new RegExp(`^(?:UNREACHABLE|TIMED_OUT): (${PROXY_WORDS} [\\w :]+(?: \\([\\w.:[\\], -]+\\))?)$`);

/** The proxy gave no connection, so nothing was sent to the server behind it. */
export class ProxyError extends TransportError {
  readonly #what: string;

  /** @param what what the proxy did, in our words and Node's codes */
  constructor(failure: "UNREACHABLE" | "TIMED_OUT", what: string) {
    super(failure, false, `${PROXY_WORDS} ${what}`);
    this.#what = what;
  }

  /** The same with the hosts of the proxy and of the server behind it. */
  between(proxy: string, target: string): ProxyError {
    return new ProxyError(
      this.failure === "TIMED_OUT" ? "TIMED_OUT" : "UNREACHABLE",
      `${this.#what} (${proxy}, for ${target})`,
    );
  }
}

/** For errors about a missing answer: the proxy's part in it, even if the OCI SDK kept only the error's text. */
export function proxyTroubleOf(thrown: unknown): string | null {
  return PROXY_TROUBLE.exec(textIn(thrown, "message") ?? "")?.[1] ?? null;
}

export const PROXY_NEXT_ACTION =
  "check HTTPS_PROXY, NO_PROXY and what the proxy allows, then try again: no working client secret was given up";
