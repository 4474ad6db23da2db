import type { HttpClient, RequestSigner } from "oci-common";
import type { Budget } from "../../base/budget.ts";
import { isTooDeep } from "../../base/json-depth.ts";
import { ociAnswer } from "./oci-response.ts";
import type { HttpRequest, Transport } from "./transport.ts";

/** Signs a request to OCI in place: OCI request signatures, version 1. `DefaultRequestSigner` of the SDK is one. */
export type OciSigner = Pick<RequestSigner, "signHttpRequest">;

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

function methodOf(name: string): HttpRequest["method"] {
  const method = METHODS.find((known) => known === name);
  if (method === undefined) throw new TypeError(`the method ${name} is not in use here`);
  return method;
}

/**
 * The OCI SDK's way to the network, for one invocation: it signs, bounds the call by the invocation's deadline and really aborts it, and
 * leaves out the SDK's circuit breaker, which opens on the 409 answers that waiting for ACTIVE brings.
 *
 * @param onDate hears the `Date` header (RFC 9110) of each answer as milliseconds since the epoch: OCI's own clock, which the SDK drops
 */
export function createOciHttpClient(
  transport: Transport,
  signer: OciSigner,
  budget: Budget,
  onDate: (epochMs: number) => void,
): HttpClient {
  return {
    async send(request, forceExcludeBody = false) {
      const body = typeof request.body === "string" ? request.body : undefined;
      await signer.signHttpRequest(
        { method: request.method, headers: request.headers, uri: request.uri, ...(body === undefined ? {} : { body }) },
        forceExcludeBody,
      );
      const response = await transport({
        method: methodOf(request.method),
        url: request.uri,
        headers: Object.fromEntries(request.headers.entries()),
        ...(body === undefined ? {} : { body }),
        deadline: budget.callDeadline(),
      });
      const date = Date.parse(response.headers["date"] ?? "");
      if (!Number.isNaN(date)) onDate(date);
      // The SDK walks the parsed body. A response without a body cannot be read either.
      return ociAnswer(response, isTooDeep(response.body) ? "" : response.body);
    },
  };
}
