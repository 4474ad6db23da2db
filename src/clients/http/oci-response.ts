import type { HttpResponse } from "./transport.ts";

/** Of fetch's `Response` what the OCI SDK's clients touch. */
type OciAnswer = Pick<Response, "status" | "statusText" | "ok" | "text" | "json"> & {
  readonly headers: Pick<Headers, "get">;
};

/** A status that `Response` takes together with a body. */
function mayHaveBody(status: number): boolean {
  return status >= 200 && status <= 599 && status !== 204 && status !== 205 && status !== 304;
}

const BYTE_ORDER_MARK = "\uFEFF";

/** A whole answer: no stream, so that reading it costs nothing but the parse. */
function wholeAnswer({ status, headers }: HttpResponse, body: string): OciAnswer {
  // As fetch decodes it.
  const text = body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body;
  return {
    status,
    statusText: "",
    ok: status < 300,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: async () => text,
    json: async () => JSON.parse(text),
  };
}

/**
 * A response in the form that the OCI SDK reads. If fetch refuses to make a `Response` of it, or has rules for it,
 * fetch decides.
 * @param body "" if nothing could be read
 */
export function ociAnswer(response: HttpResponse, body: string): Response {
  const { status, headers } = response;
  if (!mayHaveBody(status)) return new Response(body === "" ? null : body, { status, headers });
  return wholeAnswer(response, body) as Response;
}
