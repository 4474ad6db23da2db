import { type Answer, ask } from "./ask.ts";

export interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

export interface ContractClient {
  readonly clientId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly secret?: string;
  /** Roles of `realm-management` that its service account has. */
  readonly roles?: readonly string[];
  /** Fine-grained admin permissions on itself. */
  readonly permissions?: readonly ("view" | "manage")[];
  /** Client roles that it owns. */
  readonly ownRoles?: readonly string[];
  readonly serviceAccount?: boolean;
  readonly publicClient?: boolean;
  readonly authenticator?: string;
  readonly enabled?: boolean;
  /** As dynamic registration makes them: its internal id is its client id. */
  readonly registered?: boolean;
}

export interface MadeClient extends Credentials {
  readonly uuid: string;
}

/** A realm of a Keycloak to be tested, of which the suite may make clients. */
export interface KeycloakUnderTest {
  /** Without a trailing slash. */
  readonly url: string;
  readonly realm: string;
  /** A client with the roles manage-clients and manage-realm. */
  readonly administrator: Credentials;
  /** Default: a confidential client with a service account without rights. */
  makeClient(client?: ContractClient): Promise<MadeClient>;
  /** Lets so much of the server's time pass. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface Periods {
  readonly expiration: number | string;
  readonly rotated: number | string;
  readonly remaining: number | string;
}

export const LONG: Periods = { expiration: 600, rotated: 400, remaining: 100 };
const CONFIDENTIAL = { condition: "client-access-type", configuration: { type: ["confidential"] } };

export const NO_SLOT = { status: 404, json: { error: "Client does not have a rotated secret" } };

/** Attributes that fill the rotated slot and set both expiries. @param now of the server, in seconds */
export function slotWith(value: string, now: number) {
  return {
    "client.secret.rotated": value,
    "client.secret.rotated.creation.time": String(now),
    "client.secret.rotated.expiration.time": String(now + 400),
    "client.secret.expiration.time": String(now + 600),
  };
}

/** Keycloak decodes both parts. */
export function basic({ clientId, secret }: Credentials): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

export function secretRotation({ expiration, rotated, remaining }: Periods) {
  const configuration = {
    "expiration-period": expiration,
    "rotated-expiration-period": rotated,
    "remaining-rotation-period": remaining,
  };
  return { executor: "secret-rotation", configuration };
}

/** The calls of the product, and those that show what they did. */
export function keycloakCalls({ url, realm, administrator }: KeycloakUnderTest) {
  const form = (path: string, members: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
    ask(
      `${url}/realms/${realm}/protocol/openid-connect/${path}`,
      "POST",
      { "content-type": "application/x-www-form-urlencoded", ...headers },
      new URLSearchParams(members).toString(),
    );
  const login = (client: Credentials, more: Readonly<Record<string, string>> = {}) =>
    form("token", { grant_type: "client_credentials", ...more }, { authorization: basic(client) });
  const bearer = async (client: Credentials) => {
    const { status, json } = await login(client);
    if (status !== 200) throw new Error(`${client.clientId} does not log in: ${status}`);
    return String(json["access_token"]);
  };
  const send = (method: string, path: string, token?: string, body?: unknown, headers: Record<string, string> = {}) =>
    ask(
      `${url}${path}`,
      method,
      {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    );
  const admin = (method: string, path: string, token?: string, body?: unknown, headers?: Record<string, string>) =>
    send(method, `/admin/realms/${realm}${path}`, token, body, headers);
  const asAdministrator = async (method: string, path: string, body?: unknown) =>
    admin(method, path, await bearer(administrator), body);
  const setPolicies = async (executors: readonly object[], conditions: readonly object[] = [CONFIDENTIAL]) => {
    const profiles = await asAdministrator("PUT", "/client-policies/profiles", {
      profiles: [{ name: "rotation", executors }],
    });
    const policies = await asAdministrator("PUT", "/client-policies/policies", {
      policies: [{ name: "rotation", enabled: true, conditions, profiles: ["rotation"] }],
    });
    if (profiles.status !== 204 || policies.status !== 204) throw new Error(`${profiles.text}${policies.text}`);
  };
  return {
    form,
    login,
    bearer,
    send,
    admin,
    asAdministrator,
    introspect: (client: Credentials, members: Readonly<Record<string, string>> = { token: "any" }) =>
      form("token/introspect", members, { authorization: basic(client) }),
    registration: (method: string, clientId: string, token: string | undefined, body?: unknown) =>
      send(method, `/realms/${realm}/clients-registrations/openid-connect/${clientId}`, token, body),
    rotateBy: (periods: Periods, conditions?: readonly object[]) => setPolicies([secretRotation(periods)], conditions),
    setPolicies,
    withoutPolicy: async () => {
      await asAdministrator("PUT", "/client-policies/policies", { policies: [] });
    },
    /** A client's calls by the administrator. */
    of: (client: MadeClient) => clientCalls(client, login, asAdministrator),
  };
}

function clientCalls(
  client: MadeClient,
  login: (credentials: Credentials) => Promise<Answer>,
  asAdministrator: (method: string, path: string, body?: unknown) => Promise<Answer>,
) {
  const path = `/clients/${client.uuid}`;
  const attributes = async () => {
    const { json } = await asAdministrator("GET", path);
    const all = Object.entries(json["attributes"] as Record<string, string>);
    return Object.fromEntries(
      all.filter(([name]) => name.startsWith("client.secret.")).map(([name, value]) => [name.slice(14), value]),
    );
  };
  return {
    read: () => asAdministrator("GET", path),
    put: (body: object) => asAdministrator("PUT", path, body),
    /** A new secret. Throws where none is made. */
    regenerate: async () => {
      const { status, json } = await asAdministrator("POST", `${path}/client-secret`);
      if (status !== 200) throw new Error(`no new secret for ${client.clientId}: ${status}`);
      return String(json["value"]);
    },
    secret: async () => String((await asAdministrator("GET", `${path}/client-secret`)).json["value"]),
    rotated: () => asAdministrator("GET", `${path}/client-secret/rotated`),
    retire: () => asAdministrator("DELETE", `${path}/client-secret/rotated`),
    registrationToken: async () =>
      String((await asAdministrator("POST", `${path}/registration-access-token`)).json["registrationAccessToken"]),
    /** Attributes about the secret, by what follows `client.secret.`. */
    attributes,
    /** Statuses of logins with these values. */
    logins: (...values: readonly string[]) =>
      Promise.all(values.map(async (secret) => (await login({ clientId: client.clientId, secret })).status)),
  };
}
