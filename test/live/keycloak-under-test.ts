import { inject } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { type Answer, ask } from "../contract/ask.ts";
import type { ContractClient, KeycloakUnderTest, MadeClient } from "../contract/keycloak-calls.ts";

let realms = 0;

/** The administrator's token lives for a minute, and each login with a password costs the server much. */
const TOKEN_MS = 30_000;

/** Kinds of clients that only a real Keycloak has. */
export interface RealClient extends ContractClient {
  readonly bearerOnly?: boolean;
  readonly saml?: boolean;
}

export interface RealKeycloak extends KeycloakUnderTest {
  makeClient(client?: RealClient): Promise<MadeClient>;
  /** Gives a client's service account roles of `realm-management`. */
  giveRoles(uuid: string, roles: readonly string[]): Promise<void>;
}

/** A realm of its own on the real Keycloak of this run, with clients made through the admin API. */
export async function openRealKeycloak(): Promise<RealKeycloak> {
  const { url, admin } = inject("keycloak");
  realms += 1;
  const realm = `contract-${process.pid}-${realms}`;
  let known = { token: "", until: 0 };
  const token = async () => {
    if (systemClock.monotonic() >= known.until) {
      known = { token: await adminToken(url, admin), until: systemClock.monotonic() + TOKEN_MS };
    }
    return known.token;
  };
  const send = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
    const answer = await ask(`${url}/admin/realms${path}`, method, headers, body && JSON.stringify(body));
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
    return answer;
  };
  await send("POST", "", { realm, enabled: true });
  let clients = 0;
  const makeClient = async (options: RealClient = {}) => {
    clients += 1;
    return create(`/${realm}`, options.clientId ?? `client-${clients}`, options, send);
  };
  return {
    url,
    realm,
    administrator: await makeClient({ roles: ["manage-clients", "manage-realm"] }),
    makeClient,
    giveRoles: (uuid, roles) => giveRoles(`/${realm}`, uuid, roles, send),
    pass: (seconds) => systemClock.sleep(seconds * 1000),
    stop: async () => {
      await send("DELETE", `/${realm}`);
    },
  };
}

type Send = (method: string, path: string, body?: object) => Promise<Answer>;

async function adminToken(url: string, admin: { readonly name: string; readonly password: string }): Promise<string> {
  const form = { grant_type: "password", client_id: "admin-cli", username: admin.name, password: admin.password };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const path = "/realms/master/protocol/openid-connect/token";
  const { status, json } = await ask(`${url}${path}`, "POST", headers, new URLSearchParams(form).toString());
  if (status !== 200) throw new Error(`the administrator does not log in: ${status}`);
  return String(json["access_token"]);
}

async function create(base: string, clientId: string, options: RealClient, send: Send): Promise<MadeClient> {
  const secret = options.secret ?? `secret-of-${clientId}`;
  const made = await send("POST", `${base}/clients`, {
    ...(options.registered === true ? { id: clientId } : {}),
    clientId,
    secret,
    attributes: options.attributes ?? {},
    ...(options.saml === true ? { protocol: "saml" } : {}),
    publicClient: options.publicClient ?? false,
    bearerOnly: options.bearerOnly ?? false,
    serviceAccountsEnabled: options.serviceAccount ?? true,
    standardFlowEnabled: false,
    enabled: options.enabled ?? true,
    clientAuthenticatorType: options.authenticator ?? "client-secret",
  });
  const uuid = String(made.headers["location"]).split("/").at(-1) ?? "";
  for (const name of options.ownRoles ?? []) {
    await send("POST", `${base}/clients/${uuid}/roles`, { name });
  }
  await giveRoles(base, uuid, options.roles ?? [], send);
  await givePermissions(base, uuid, options.permissions ?? [], send);
  return { uuid, clientId, secret };
}

const idOf = async (base: string, clientId: string, send: Send) =>
  String((await send("GET", `${base}/clients?clientId=${clientId}`)).list[0]?.["id"]);

const serviceAccount = async (base: string, uuid: string, send: Send) =>
  String((await send("GET", `${base}/clients/${uuid}/service-account-user`)).json["id"]);

async function giveRoles(base: string, uuid: string, roles: readonly string[], send: Send): Promise<void> {
  if (roles.length === 0) return;
  const owner = await idOf(base, "realm-management", send);
  const found = await Promise.all(
    roles.map(async (role) => (await send("GET", `${base}/clients/${owner}/roles/${role}`)).json),
  );
  const user = await serviceAccount(base, uuid, send);
  const mapping = `${base}/users/${user}/role-mappings/clients/${owner}`;
  // The body is an array, which is an object all the same.
  await send("POST", mapping, found);
}

/** Fine-grained admin permissions: a permission on the client, whose policy names the client's service account. */
async function givePermissions(base: string, uuid: string, scopes: readonly string[], send: Send): Promise<void> {
  if (scopes.length === 0) return;
  await send("PUT", base, { adminPermissionsEnabled: true });
  const server = `${base}/clients/${await idOf(base, "admin-permissions", send)}/authz/resource-server`;
  const policy = await send("POST", `${server}/policy/user`, {
    name: `policy-${uuid}`,
    users: [await serviceAccount(base, uuid, send)],
    logic: "POSITIVE",
  });
  await send("POST", `${server}/permission/scope`, {
    name: `permission-${uuid}`,
    resourceType: "Clients",
    resources: [uuid],
    scopes,
    policies: [policy.json["id"]],
    decisionStrategy: "UNANIMOUS",
  });
}
