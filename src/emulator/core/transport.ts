import type { Clock } from "../../base/clock.ts";
import { type HttpRequest, type Transport, TransportError } from "../../clients/http/transport.ts";
import type { Core } from "./core.ts";
import type { RecordedRequest } from "./record.ts";
import type { Switches } from "./switches.ts";
import type { EmulatedRequest } from "./wire.ts";

/** A process as the emulator knows it. Its requests carry its name, and a kill silences it for good. */
export interface EmulatedCaller {
  readonly name: string;
  readonly transport: Transport;
  /** Whether a fault has killed it. None of its requests is answered any more, including those in progress. */
  readonly killed: boolean;
}

interface Parts {
  readonly clock: Clock;
  readonly core: Core;
  readonly switches: Switches;
  readonly onKill: () => ((caller: string, record: RecordedRequest) => void) | undefined;
  /** Whether a kill also silences later requests. It does not for the shared transport, which stands for no single process. */
  readonly dies: boolean;
}

/** Sends requests to the emulator without sockets, on the injected clock. Half the latency passes before the effect, half after. */
export function createCaller(name: string, parts: Parts): EmulatedCaller {
  const { clock, core, switches } = parts;
  let killed = false;
  const silence = () => new Promise<never>(() => undefined);

  const timeOut = async (deadline: number): Promise<never> => {
    await clock.sleep(Math.max(0, deadline - clock.monotonic()));
    return killed ? silence() : fail("TIMED_OUT", true, "no answer before the deadline");
  };

  const transport: Transport = async (request) => {
    const emulated = emulatedRequest(request);
    const half = switches["latency-ms"] / 2;
    if (killed) return silence();
    if (clock.monotonic() >= request.deadline) {
      return fail("TIMED_OUT", false, "the deadline had passed before the request was sent");
    }
    if (clock.monotonic() + half >= request.deadline) {
      // The request was sent before the caller gave up, so it arrives all the same.
      core.landLater(emulated, name, clock.now() + half);
      return timeOut(request.deadline);
    }
    if (half > 0) {
      await clock.sleep(half);
    }
    if (killed) return silence();
    const arrival = core.arrive(emulated, name);
    switch (arrival.kind) {
      case "refused":
        return fail("UNREACHABLE", false, "connection refused");
      case "lost":
        return fail("CONNECTION_LOST", true, "connection closed before an answer");
      case "killed":
        killed = parts.dies;
        parts.onKill()?.(name, arrival.record);
        return silence();
      case "answered": {
        const response =
          arrival.response instanceof Promise
            ? await before(clock, request.deadline, arrival.response)
            : arrival.response;
        if (arrival.slow || response === undefined || clock.monotonic() + half >= request.deadline) {
          return timeOut(request.deadline);
        }
        if (half > 0) {
          await clock.sleep(half);
        }
        return killed ? silence() : response;
      }
    }
  };
  return {
    name,
    transport,
    get killed() {
      return killed;
    },
  };
}

async function before<T>(clock: Clock, deadline: number, work: Promise<T>): Promise<T | undefined> {
  const timer = clock.abortAfter(deadline - clock.monotonic());
  const late = new Promise<undefined>((resolve) => {
    timer.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.cancel();
  }
}

function fail(failure: TransportError["failure"], sent: boolean, detail: string): never {
  throw new TransportError(failure, sent, detail);
}

function emulatedRequest(request: HttpRequest): EmulatedRequest {
  const url = new URL(request.url);
  const headers = request.headers;
  return {
    method: request.method,
    // A caller's own Host header wins, since `URL` drops a default port that some clients send.
    host: headers["host"] ?? url.host,
    path: url.pathname,
    target: `${url.pathname}${url.search}`,
    query: url.search === "" ? {} : Object.fromEntries(url.searchParams),
    headers,
    body: request.body ?? "",
  };
}
