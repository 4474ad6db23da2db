import { request as httpRequest } from "node:http";
import { isIP, type Socket } from "node:net";
import { RotationError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { ProxyError } from "./transport.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by their common names. Lower case wins, as it does for curl. */
export const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"] as const;

/** An HTTP proxy that opens tunnels (CONNECT, RFC 9110, section 9.3.6). */
export interface Proxy {
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Value of Proxy-Authorization (RFC 7617); null: the address held no credentials. */
  readonly authorization: Secret | null;
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|(?:.+\.)?localhost)$/;

const withoutBrackets = (host: string) => host.replace(/^\[(.*)\]$/, "$1");

function credentialsOf({ username, password }: URL): Secret | null {
  if (username === "" && password === "") return null;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new Secret(`Basic ${Buffer.from(text).toString("base64")}`);
}

/** @throws if the text is not an http URL with only a host, or its user info is badly escaped */
function readProxy(text: string): Proxy {
  const url = new URL(text);
  const isBare = url.pathname === "/" && url.search === "" && url.hash === "";
  if (url.protocol !== "http:" || !isBare) throw new TypeError("not the address of an http proxy");
  return {
    host: withoutBrackets(url.hostname),
    port: url.port === "" ? HTTP_PORT : Number(url.port),
    authorization: credentialsOf(url),
  };
}

/** One entry of NO_PROXY as host and port; port null: any. An IPv6 address takes a port only in brackets. */
function readEntry(entry: string): { readonly host: string; readonly port: number | null } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const host = bracketed ?? plain ?? entry;
  return { host: host.toLowerCase().replace(/^\*?\.(?=.)/, ""), port: port === undefined ? null : Number(port) };
}

/** As curl reads the list: a name stands for itself and for every name below it, with or without a leading dot. */
function isExempt(list: string, host: string, port: number): boolean {
  const isName = isIP(host) === 0;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(readEntry)
    .some(
      (entry) =>
        (entry.port === null || entry.port === port) &&
        (entry.host === "*" || entry.host === host || (isName && host.endsWith(`.${entry.host}`))),
    );
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
  let proxy: Proxy;
  try {
    proxy = readProxy(text);
  } catch {
    const name = typeof lower === "string" ? "https_proxy" : "HTTPS_PROXY";
    throw new RotationError("SETTINGS_INVALID", `${name} must be http://host:port or http://user:password@host:port`);
  }
  return (target) => {
    const host = withoutBrackets(target.hostname);
    if (target.protocol !== "https:" || LOOPBACK.test(host)) return null;
    return isExempt(list, host, target.port === "" ? HTTPS_PORT : Number(target.port)) ? null : proxy;
  };
}

/** Node's name of an error, such as ECONNREFUSED; its text may hold anything. */
function codeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code) ? code : "no code";
}

/**
 * A connection to the target through the proxy, without TLS yet; the caller closes it.
 * @throws ProxyError if there is none; nothing of the request has been sent then
 */
export function openTunnel(proxy: Proxy, target: URL, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${target.port === "" ? HTTPS_PORT : target.port}`;
  const authorization = proxy.authorization === null ? {} : { "proxy-authorization": proxy.authorization.reveal() };
  return new Promise((resolve, reject) => {
    const asking = httpRequest({
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
      reject(new ProxyError("UNREACHABLE", `answered CONNECT with ${statusCode}`));
    });
    asking.on("error", (error) => {
      reject(
        signal.aborted
          ? new ProxyError("TIMED_OUT", "did not answer CONNECT before the deadline")
          : new ProxyError("UNREACHABLE", `did not answer CONNECT: ${codeOf(error)}`),
      );
    });
    asking.end();
  });
}
