import type { OciSigner } from "./oci-http-client.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

export interface OciRequest {
  readonly method: HttpRequest["method"];
  readonly url: string;
  /** JSON text. */
  readonly body?: string;
  /** On `Clock.monotonic`. */
  readonly deadline: number;
}

/** Sends signed requests to services that our SDK clients do not cover. Repeats nothing; any status is an answer. */
export function createOciRequester(
  transport: Transport,
  signer: OciSigner,
): (request: OciRequest) => Promise<HttpResponse> {
  return async ({ method, url, body, deadline }) => {
    const headers = new Headers({ accept: "application/json" });
    if (body !== undefined) headers.set("content-type", "application/json");
    const text = body === undefined ? {} : { body };
    await signer.signHttpRequest({ method, uri: url, headers, ...text });
    return transport({ method, url, headers: Object.fromEntries(headers.entries()), ...text, deadline });
  };
}
