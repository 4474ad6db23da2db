import { request } from "node:http";

export interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

/** A UAA to be tested, of which the suite may make clients and zones. */
export interface UaaUnderTest {
  /** With its path, without a trailing slash. */
  readonly url: string;
  /** A client with the authorities uaa.admin and uaa.resource. */
  readonly admin: Credentials;
  /** Default: authority `clients.secret`, the grant client_credentials, in the default zone. */
  makeClient(options?: ClientOptions): Promise<Credentials>;
  /** A zone whose client secrets need seven characters, a digit and a capital letter. */
  makeZone(): Promise<Zone>;
  stop(): Promise<void>;
}

export interface ClientOptions {
  /** Default: one of its own. */
  readonly clientId?: string;
  readonly authorities?: readonly string[];
  readonly grantTypes?: readonly string[];
  readonly tokenSeconds?: number;
  readonly zoneId?: string;
  readonly secret?: string;
}

export interface Zone {
  readonly zoneId: string;
  /** Value of the `Host` header that leads to it. */
  readonly host: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; an empty object where it is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask(url: string, method: string, { headers = {}, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { accept: "application/json", ...headers };
    // A connection for each request: nock, although taken off, loses the second request on a kept-alive one.
    const call = request(url, { method, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

export const basic = ({ clientId, secret }: Credentials) =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`;

export interface Change {
  readonly changeMode?: string;
  readonly secret?: string;
  readonly oldSecret?: string;
  readonly [more: string]: unknown;
}

type Headers = Readonly<Record<string, string>>;

/** The calls of the product, and those that show what they did. `zone` leads all of them to another zone than the default one. */
export function uaaCalls(uaa: Pick<UaaUnderTest, "url" | "admin">, zone?: Zone) {
  const host: Headers = zone === undefined ? {} : { host: zone.host };
  const form = (path: string, members: Readonly<Record<string, string>>, headers: Headers = {}) =>
    ask(`${uaa.url}${path}`, "POST", {
      headers: { "content-type": "application/x-www-form-urlencoded", ...host, ...headers },
      body: new URLSearchParams(members).toString(),
    });
  const token = (more: Readonly<Record<string, string>>, headers?: Headers) =>
    form("/oauth/token", { grant_type: "client_credentials", token_format: "opaque", ...more }, headers);
  const login = ({ clientId, secret }: Credentials) => token({ client_id: clientId, client_secret: secret });
  const send = (method: string, path: string, bearer: string | undefined, body?: unknown, headers: Headers = {}) =>
    ask(`${uaa.url}${path}`, method, {
      headers: {
        "content-type": "application/json",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...host,
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return {
    token,
    login,
    send,
    /** A bearer token of the client. Throws where the login is refused. */
    bearer: async (client: Credentials) => {
      const { status, json } = await login(client);
      if (status !== 200) throw new Error(`${client.clientId} does not log in: ${status}`);
      return String(json["access_token"]);
    },
    clientInfo: (client?: Credentials, headers: Headers = {}) =>
      ask(`${uaa.url}/clientinfo`, "GET", {
        headers: { ...host, ...(client === undefined ? {} : { authorization: basic(client) }), ...headers },
      }),
    change: (clientId: string, bearer: string | undefined, change: Change | string, headers?: Headers) =>
      send("PUT", `/oauth/clients/${clientId}/secret`, bearer, change, headers),
    readClient: (clientId: string, bearer: string) => send("GET", `/oauth/clients/${clientId}`, bearer),
    /** What an online validation says of a token: 200, or 400. */
    checkToken: (value: string) => form("/check_token", { token: value }, { authorization: basic(uaa.admin) }),
  };
}
