import { request as httpRequest } from "node:http";
import { isIP, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { RotationError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { codeOf } from "./error-text.ts";
import { isExempt, LOOPBACK, plainHost } from "./no-proxy.ts";
import { https } from "./tls.ts";
import { ProxyError } from "./transport.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by their common names. Lower case wins, as it does for curl. */
export const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"] as const;

/** A proxy that opens tunnels (CONNECT, RFC 9110, section 9.3.6). */
export interface Proxy {
  /** The proxy itself is spoken to over TLS. */
  readonly isTls: boolean;
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Value of Proxy-Authorization (RFC 7617); null: the address held no credentials. */
  readonly authorization: Secret | null;
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
/** Scheme, credentials up to the last @, host, port: what curl takes, of which a URL parser would refuse or change the credentials. */
const ADDRESS = /^(?:([A-Za-z][\w+.-]*):\/\/)?(?:(.*)@)?(\[[\dA-Fa-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?\/?$/;
const WORDS = "host:port, http://host:port or https://host:port, with user:password@ before the host if the proxy asks";

/** As curl decodes it: what is no escape stays as it is. */
function unescaped(text: string): Buffer {
  const parts = text.split(/(%[\dA-Fa-f]{2})/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), "hex") : Buffer.from(part))),
  );
}

function credentialsOf(userInfo: string): Secret {
  const [user = "", ...password] = userInfo.split(":");
  const bytes = Buffer.concat([unescaped(user), Buffer.from(":"), unescaped(password.join(":"))]);
  return new Secret(`Basic ${bytes.toString("base64")}`);
}

/** @param name of the variable @throws RotationError SETTINGS_INVALID */
function readProxy(name: string, text: string): Proxy {
  const [, scheme = "http", userInfo, host, port] = ADDRESS.exec(text) ?? [];
  if (!/^https?$/i.test(scheme)) {
    const what = `${name} must be the address of an http or https proxy: no other kind, such as SOCKS, is supported`;
    throw new RotationError("SETTINGS_INVALID", what);
  }
  const isTls = scheme.toLowerCase() === "https";
  const address = `http://${host}:${port ?? (isTls ? HTTPS_PORT : HTTP_PORT)}`;
  if (host === undefined || !URL.canParse(address))
    throw new RotationError("SETTINGS_INVALID", `${name} must be ${WORDS}`);
  const url = new URL(address);
  return {
    isTls,
    host: plainHost(url.hostname),
    port: url.port === "" ? HTTP_PORT : Number(url.port),
    authorization: userInfo === undefined || userInfo === "" || userInfo === ":" ? null : credentialsOf(userInfo),
  };
}

/**
 * Which proxy an https request goes through, as HTTPS_PROXY and NO_PROXY say. Loopback is never asked for through one. An empty variable
 * counts as none.
 * @throws RotationError SETTINGS_INVALID naming the variable, never its value: it may hold a password
 */
export function readProxyRules(environment: Environment): (target: URL) => Proxy | null {
  const [lower, upper, noProxyLower, noProxyUpper] = PROXY_VARIABLES.map((name) => environment[name]?.trim() || null);
  const text = lower ?? upper ?? null;
  if (text === null) return () => null;
  const list = noProxyLower ?? noProxyUpper ?? "";
  const proxy = readProxy(typeof lower === "string" ? "https_proxy" : "HTTPS_PROXY", text);
  return (target) => {
    const host = plainHost(target.hostname);
    if (target.protocol !== "https:" || LOOPBACK.test(host)) return null;
    return isExempt(list, host, target.port === "" ? HTTPS_PORT : Number(target.port)) ? null : proxy;
  };
}

/**
 * A connection to the target through the proxy, without TLS yet; the caller closes it.
 * @param host of the server, to be told with the proxy's own; null: neither is told
 * @param context what the certificate of a proxy with TLS is held to; not given: the system's authorities
 * @throws ProxyError if there is none; nothing of the request has been sent then
 */
export function openTunnel(
  proxy: Proxy,
  target: URL,
  signal: AbortSignal,
  host: string | null,
  context?: SecureContext,
): Promise<Socket> {
  const authority = `${target.hostname}:${target.port === "" ? HTTPS_PORT : target.port}`;
  const authorization = proxy.authorization === null ? {} : { "proxy-authorization": proxy.authorization.reveal() };
  return new Promise((resolve, reject) => {
    const fail = (error: ProxyError) =>
      reject(host === null ? error : error.between(`${proxy.host}:${proxy.port}`, host));
    const asking = (proxy.isTls ? https().request : httpRequest)({
      ...(context && { secureContext: context }),
      // Node would hold the certificate against the header host, which names the target.
      servername: isIP(proxy.host) === 0 ? proxy.host : "",
      method: "CONNECT",
      hostname: proxy.host,
      port: proxy.port,
      path: authority,
      headers: { host: authority, ...authorization },
      agent: false,
      signal,
    });
    asking.on("connect", ({ statusCode = 0 }, socket: Socket, head) => {
      // In TLS the client speaks first: bytes behind the answer are not from the target.
      // From here on no request owns the socket, so its errors need a listener; TLS on top of it receives them too.
      socket.on("error", () => undefined);
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) return resolve(socket);
      socket.destroy();
      fail(new ProxyError("UNREACHABLE", `answered CONNECT with ${statusCode}`));
    });
    asking.on("error", (error) => {
      fail(
        signal.aborted
          ? new ProxyError("TIMED_OUT", "did not answer CONNECT before the deadline")
          : new ProxyError("UNREACHABLE", `did not answer CONNECT: ${codeOf(error)}`),
      );
    });
    asking.end();
  });
}
