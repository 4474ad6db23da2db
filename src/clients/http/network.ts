import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Clock } from "../../base/clock.ts";
import { RotationError } from "../../base/errors.ts";
import { isSafeOrigin } from "../../base/origin.ts";
import { caBundle } from "../../base/settings/kinds.ts";
import { readBundleFile } from "./ca-bundle.ts";
import { codeOf, textIn } from "./error-text.ts";
import { openTunnel, readProxyRules } from "./proxy.ts";
import { https, isCertificateRefusal, trusting } from "./tls.ts";
import {
  type HttpRequest,
  type HttpResponse,
  MAX_RESPONSE_BYTES,
  type Transport,
  TransportError,
  type TransportFailure,
} from "./transport.ts";

/** Codes after which nothing of the request can have reached the server. */
const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);
/** These may also end a connection that was open already. */
const NOT_SENT_AT_CONNECT = new Set(["ENETUNREACH", "EHOSTUNREACH"]);

/** @param host null: a target chosen by someone else, about which as little as possible is told */
function failureOf(error: unknown, host: string | null): TransportError {
  const code = codeOf(error);
  const isAtConnect = NOT_SENT_AT_CONNECT.has(code) && textIn(error, "syscall") === "connect";
  const [failure, sent]: [TransportFailure, boolean] = isCertificateRefusal(code)
    ? ["CERTIFICATE_UNTRUSTED", false]
    : NOT_SENT.has(code) || isAtConnect
      ? ["UNREACHABLE", false]
      : ["CONNECTION_LOST", true];
  return host === null ? new TransportError(failure, sent, code) : TransportError.at(failure, sent, code, host);
}

function responseOf(message: IncomingMessage, body: string): HttpResponse {
  const headers = Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return { status: message.statusCode ?? 0, headers: Object.fromEntries(headers), body };
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > MAX_RESPONSE_BYTES) {
      message.destroy();
      throw new TransportError("RESPONSE_TOO_LARGE", true, `more than ${MAX_RESPONSE_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The address that a proxy connects to. If only one address is allowed, a name would leave the choice to the proxy. */
function tunnelTarget({ untrusted }: HttpRequest, url: URL): URL {
  if (untrusted === undefined || untrusted.address === null) return url;
  const target = new URL(url.origin);
  target.hostname = isIP(untrusted.address) === 6 ? `[${untrusted.address}]` : untrusted.address;
  return target;
}

/** Resolves every name to this address. Since the family is given, Node asks for one address and not for all. */
function pinnedTo(address: string): { readonly family: number; readonly lookup: LookupFunction } {
  const family = isIP(address);
  return { family, lookup: (_host, _options, found) => found(null, address, family) };
}

interface Trust {
  readonly context: SecureContext | undefined;
  readonly agent: HttpsAgent;
}

/** Sessions of one set of authorities must not serve another: each has its agent. */
function rememberTrust(): (authorities: string | undefined) => Trust {
  const trust = (secureContext?: SecureContext): Trust => {
    const { Agent } = https();
    return { context: secureContext, agent: new Agent({ keepAlive: false, ...(secureContext && { secureContext }) }) };
  };
  let system: Trust | null = null;
  let last: (Trust & { readonly authorities: string }) | null = null;
  return (authorities) => {
    if (authorities === undefined) {
      system ??= trust();
      return system;
    }
    if (last?.authorities !== authorities) last = { authorities, ...trust(trusting(authorities)) };
    return last;
  };
}

/**
 * The real network. Every request opens its own connection. A container is frozen between invocations, so a kept
 * connection may be dead without our knowledge. That would make the outcome of a mint unknown for no reason.
 * @param environment has HTTPS_PROXY, NO_PROXY and OROT_CA_BUNDLE; wrong values make each request reject with
 *   RotationError SETTINGS_INVALID, but for the bundle only those through a proxy with TLS
 */
export function createNetworkTransport(
  clock: Clock,
  environment: Readonly<Record<string, string | undefined>> = {},
): Transport {
  const httpAgent = new HttpAgent({ keepAlive: false });
  const trust = rememberTrust();

  let bundle: string | null = null;
  /**
   * What a proxy's own certificate is held to. The file of OROT_CA_BUNDLE serves requests that trust no authorities of
   * their own, and for the proxy alone. A bundle in a secret would have to be read through the proxy.
   */
  const proxyTrust = async ({ authorities }: HttpRequest, isTls: boolean): Promise<SecureContext | undefined> => {
    if (!isTls) return undefined;
    const setting = caBundle(environment["OROT_CA_BUNDLE"] ?? "");
    if (authorities === undefined && setting?.kind === "file") bundle ??= await readBundleFile(setting.path);
    return trust(authorities ?? bundle ?? undefined).context;
  };

  const agentFor = ({ authorities }: HttpRequest, tunnel: Socket | null): HttpsAgent => {
    const { agent, context } = trust(authorities);
    if (tunnel === null) return agent;
    const { Agent } = https();
    return new Agent({ keepAlive: false, socket: tunnel, ...(context && { secureContext: context }) });
  };

  const open = (request: HttpRequest, url: URL, tunnel: Socket | null, signal: AbortSignal): ClientRequest => {
    const headers: Record<string, string | number> = { ...request.headers };
    if (request.body !== undefined) headers["content-length"] = Buffer.byteLength(request.body);
    const address = request.untrusted?.address ?? null;
    const pinned = address === null ? {} : pinnedTo(address);
    const options = { method: request.method, headers, signal, ...pinned };
    return url.protocol === "https:"
      ? https().request(url, { ...options, agent: agentFor(request, tunnel) })
      : httpRequest(url, { ...options, agent: httpAgent });
  };

  const exchange = (
    request: HttpRequest,
    url: URL,
    tunnel: Socket | null,
    signal: AbortSignal,
  ): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const outgoing = open(request, url, tunnel, signal);
      outgoing.on("error", reject);
      // We never request an upgrade. Without this listener a 101 response would leave the promise pending forever, because Node has
      // detached the socket.
      outgoing.on("upgrade", (message, socket) => {
        socket.destroy();
        resolve(responseOf(message, ""));
      });
      outgoing.on("response", (message) => {
        if (request.untrusted !== undefined) {
          resolve(responseOf(message, ""));
          message.destroy();
          return;
        }
        readBody(message).then((body) => resolve(responseOf(message, body)), reject);
      });
      outgoing.end(request.body);
    });

  return async (request) => {
    const url = new URL(request.url);
    const isPlainAllowed = request.untrusted !== undefined && url.protocol === "http:";
    if (!isSafeOrigin(url.origin) && !isPlainAllowed)
      throw new TransportError("URL_NOT_ALLOWED", false, "https only, http on loopback");
    const proxy = readProxyRules(environment)(url);
    const left = request.deadline - clock.monotonic();
    // A timer strikes a little late: the server could answer first.
    if (left <= 0) throw new TransportError("TIMED_OUT", false, "the deadline had passed before the request was sent");
    const host = request.untrusted === undefined ? url.host : null;
    const timer = clock.abortAfter(left);
    let tunnel: Socket | null = null;
    try {
      if (proxy !== null) {
        const context = await proxyTrust(request, proxy.isTls);
        tunnel = await openTunnel(proxy, tunnelTarget(request, url), timer.signal, host, context);
      }
      return await exchange(request, url, tunnel, timer.signal);
    } catch (error) {
      if (error instanceof TransportError || error instanceof RotationError) throw error;
      if (timer.signal.aborted) {
        throw host === null
          ? new TransportError("TIMED_OUT", true, "no complete answer before the deadline")
          : TransportError.at("TIMED_OUT", true, "TIMED_OUT", host);
      }
      throw failureOf(error, host);
    } finally {
      timer.cancel();
      tunnel?.destroy();
    }
  };
}
