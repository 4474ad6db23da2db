import { Readable } from "node:stream";
import { MAX_RESPONSE_BYTES } from "../../src/clients/http/transport.ts";
import type { InstantClock } from "./instant-clock.ts";

/** What nock tells a reply function of the request. */
type Seen = Pick<Request, "signal">;

/** A server that takes a request and never answers; the deadline passes as soon as the request is there. */
export function neverAnswers(clock: InstantClock): {
  readonly reply: (request: Seen) => Promise<string>;
  /** Resolves when the client destroys the request. */
  readonly destroyed: Promise<void>;
} {
  let onAbort: () => void = () => undefined;
  const destroyed = new Promise<void>((resolve) => {
    onAbort = resolve;
  });
  return {
    reply: (request) => {
      request.signal.addEventListener("abort", onAbort);
      clock.expire();
      return new Promise<string>(() => undefined);
    },
    destroyed,
  };
}

/** The start of a body, after which nothing comes; the deadline passes then. */
export function stallsAfter(start: string, clock: InstantClock): () => Readable {
  return () => {
    const body = new Readable({
      read() {
        setImmediate(() => clock.expire());
      },
    });
    body.push(start);
    return body;
  };
}

/** The start of a body, after which the connection is reset. */
export function breaksAfter(start: string): () => Readable {
  return () =>
    Readable.from(
      (async function* () {
        yield Buffer.from(start);
        throw errorWithCode("ECONNRESET");
      })(),
    );
}

/** One byte more than is read. */
export const tooLarge = "x".repeat(MAX_RESPONSE_BYTES + 1);

/** As Node throws it. The text stands for whatever a library may quote there. */
export function errorWithCode(code: string, text = "the library's own words"): Error {
  return Object.assign(new Error(text), { code });
}
