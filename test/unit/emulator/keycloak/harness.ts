import type { HttpRequest, HttpResponse } from "../../../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type EmulatorOptions } from "../../../../src/emulator/emulator.ts";
import type { NewKeycloakClient, NewRealm } from "../../../../src/emulator/keycloak/admin.ts";

type Method = HttpRequest["method"];

export const REALM = "apps";

/** An emulator in virtual time with one realm, one client that may manage clients, and short hands for requests. */
export function setUpKeycloak(
  switches: NonNullable<EmulatorOptions["switches"]> = {},
  realm: Omit<NewRealm, "name"> = {},
  options: Omit<NewKeycloakClient, "realm"> = { roles: ["manage-clients"] },
) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(7), switches });
  const { admin } = emulator;
  admin.createRealm({ name: REALM, ...realm });
  const client = admin.createKeycloakClient({ realm: REALM, ...options });

  const send = async (method: Method, path: string, body?: string | object, headers: Record<string, string> = {}) => {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await emulator.transport({
      method,
      url: `https://sso.example${path}`,
      headers,
      deadline: clock.monotonic() + 10_000,
      ...(text === undefined ? {} : { body: text }),
    });
    return { ...response, json: parsed(response) };
  };
  const loginAs = (clientId: string, secret: string, endpoint = "token") => {
    const pair = [clientId, secret].map(encodeURIComponent).join(":");
    const form = { grant_type: "client_credentials", token: "any" };
    const path = `/realms/${REALM}/protocol/openid-connect/${endpoint}`;
    return send("POST", path, new URLSearchParams(form).toString(), {
      authorization: `Basic ${Buffer.from(pair).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    });
  };
  const login = (secret: string, endpoint?: string) => loginAs(client.clientId, secret, endpoint);
  const bearer = async (secret = client.secret, clientId = client.clientId) =>
    String((await loginAs(clientId, secret)).json["access_token"]);
  const act = (method: Method, path: string, token: string, body?: object) =>
    send(method, `/admin/realms/${REALM}${path}`, body, {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    });
  const path = `/clients/${client.uuid}`;
  const regenerate = async (token: string) => String((await act("POST", `${path}/client-secret`, token)).json["value"]);
  const put = (body: object, token: string) => act("PUT", path, token, body);
  const names = () => emulator.requests.map((request) => request.call);
  return { clock, emulator, admin, client, send, login, loginAs, bearer, act, path, regenerate, put, names };
}

function parsed(response: HttpResponse): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(response.body);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
