import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type EmulatorOptions } from "../../../../src/emulator/emulator.ts";
import type { NewUaaClient } from "../../../../src/emulator/uaa/admin.ts";

const HOST = "uaa.example";

/** An emulator in virtual time with one UAA client, that client's secret in Vault, and short hands for requests. */
export function setUpUaa(switches: NonNullable<EmulatorOptions["switches"]> = {}, options: NewUaaClient = {}) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(7), switches });
  const { admin } = emulator;
  const client = admin.createUaaClient({ clientId: "app", secret: "first", ...options });
  const warden = admin.createUaaClient({ clientId: "warden", authorities: ["uaa.admin", "uaa.resource"] });
  const content = { issuer: "uaa", url: `https://${HOST}/uaa`, clientId: "app", clientSecret: client.secret };
  const secretId = admin.createSecret({ name: "app", content: JSON.stringify(content) });

  const send = async (method: "GET" | "POST" | "PUT", path: string, headers: Record<string, string>, body?: string) => {
    const {
      status,
      body: text,
      headers: answered,
    } = await emulator.transport({
      method,
      url: `https://${HOST}/uaa${path}`,
      headers,
      deadline: clock.monotonic() + 10_000,
      ...(body === undefined ? {} : { body }),
    });
    const json: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
    return { status, json, headers: answered };
  };
  const form = (path: string, members: Record<string, string>, headers: Record<string, string> = {}) => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return send("POST", path, { ...type, ...headers }, new URLSearchParams(members).toString());
  };
  const login = (secret: string, clientId = "app", headers?: Record<string, string>) => {
    const members = { client_id: clientId, client_secret: secret, grant_type: "client_credentials" };
    return form("/oauth/token", { ...members, token_format: "opaque" }, headers);
  };
  const bearer = async (secret: string, clientId = "app") =>
    String((await login(secret, clientId)).json["access_token"]);
  const change = (change: object, token: string, headers: Record<string, string> = {}) => {
    const all = { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers };
    return send("PUT", "/oauth/clients/app/secret", all, JSON.stringify(change));
  };
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
  });
  return {
    clock,
    emulator,
    admin,
    client,
    warden,
    secretId,
    send,
    login,
    bearer,
    change,
    basic,
    wardenToken: () => bearer(warden.secret, "warden"),
    add: async (secret: string) => change({ changeMode: "ADD", secret }, await bearer(warden.secret, "warden")),
    checkToken: (token: string) => form("/check_token", { token }, basic("warden", warden.secret)),
    /** Those of the values that log in now. */
    accepted: async (...values: readonly string[]) => {
      const statuses = await Promise.all(values.map(async (value) => (await login(value)).status));
      return values.filter((_, index) => statuses[index] === 200);
    },
    calls: () => emulator.requests.map(({ call }) => call),
  };
}
