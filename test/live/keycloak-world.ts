import { expect } from "vitest";
import { type DroppingProxy, startDroppingProxy } from "../../scripts/live/dropping-proxy.ts";
import { type ContractClient, type Credentials, keycloakCalls, type MadeClient } from "../contract/keycloak-calls.ts";
import { openRealKeycloak } from "./keycloak-under-test.ts";
import { createLiveWorld, type LiveWorldOptions } from "./live-world.ts";
import type { TwoValueWorld } from "./two-values.suite.ts";

/** A client of the real Keycloak, its secret in Vault, and the product that rotates it. */
export interface KeycloakWorld extends TwoValueWorld {
  readonly client: MadeClient;
  /** Holds the realm to know no value of the client that is in no version. */
  expectNothingUnknown(): Promise<void>;
}

/** A realm of its own. */
export async function openKeycloakWorlds() {
  const keycloak = await openRealKeycloak();
  const proxy: DroppingProxy = await startDroppingProxy(keycloak.url);
  const calls = keycloakCalls(keycloak);
  const worldOf = (client: MadeClient, options: LiveWorldOptions = {}, content: object = {}): KeycloakWorld => {
    const { clientId, secret, uuid } = client;
    const stored = { issuer: "keycloak", url: proxy.origin, realm: keycloak.realm, clientId, clientSecret: secret };
    const world = createLiveWorld({ ...stored, ...content }, options);
    const statusOf = async (value: string) => (await calls.login({ clientId, secret: value })).status;
    const held = calls.of(client);
    return {
      ...world,
      client,
      statusOf,
      logins: () => Promise.all(world.values().map(statusOf)),
      lose: (change, lose, count = 1) => {
        const method = change === "add" ? "PUT" : "DELETE";
        const path = new RegExp(`/clients/${uuid}${method === "PUT" ? "" : "/client-secret/rotated"}$`);
        proxy.drop({ method, path, lose, count });
      },
      expectNothingUnknown: async () => {
        const { status, json } = await held.rotated();
        const known = world.values();
        const unknown = [await held.secret(), ...(status === 200 ? [String(json["value"])] : [])].filter(
          (value) => !known.includes(value),
        );
        expect(unknown.length).toBe(0);
      },
    };
  };
  return {
    keycloak,
    proxy,
    calls,
    worldOf,
    /** A client that may manage clients, unless the options say otherwise. */
    open: async (options: LiveWorldOptions = {}, client: ContractClient = { roles: ["manage-clients"] }) =>
      worldOf(await keycloak.makeClient(client), options),
    /** A second authority of the world's client. */
    authorityOf: ({ clientId, secret }: Credentials): LiveWorldOptions => ({
      authority: (secretId, client) => ({
        kind: "client-secret",
        issuer: "keycloak",
        url: proxy.origin,
        realm: keycloak.realm,
        clientId,
        clientSecret: secret,
        mayRotate: [{ client, secretId }],
      }),
    }),
    stop: async () => {
      await proxy.stop();
      await keycloak.stop();
    },
  };
}

export type KeycloakWorlds = Awaited<ReturnType<typeof openKeycloakWorlds>>;
