import { expect } from "vitest";
import { type DroppingProxy, startDroppingProxy } from "../../scripts/live/dropping-proxy.ts";
import { type Credentials, uaaCalls } from "../contract/uaa-calls.ts";
import { createLiveWorld, type LiveWorldOptions } from "./live-world.ts";
import type { TwoValueWorld } from "./two-values.suite.ts";
import { openRealUaa } from "./uaa-under-test.ts";

export const NO_GRACE = { environment: { OROT_GRACE_HOURS: "0" } };

/** A client of the real UAA, its secret in Vault, and the product that rotates it. */
export interface UaaWorld extends TwoValueWorld {
  readonly client: Credentials;
  /** As an administrator. Throws unless it was done. */
  administer(change: { readonly changeMode: string; readonly secret?: string }): Promise<void>;
  /** Holds the server to keep CURRENT's value and no other one, be it one that nobody knows. */
  expectCurrentAlone(): Promise<void>;
}

/** @param zone makes the product and the logins go to that zone */
export async function openUaaWorlds(zone?: { readonly zoneId: string; readonly host: string }) {
  const uaa = openRealUaa();
  const proxy: DroppingProxy = await startDroppingProxy(new URL(uaa.url).origin, zone?.host);
  const { login } = uaaCalls(uaa, zone);
  const { bearer, change } = uaaCalls(uaa);
  const worldOf = (client: Credentials, options: LiveWorldOptions = {}, content: object = {}): UaaWorld => {
    const { clientId, secret } = client;
    const stored = { issuer: "uaa", url: `${proxy.origin}/uaa`, clientId, clientSecret: secret, ...content };
    const world = createLiveWorld(stored, options);
    const statusOf = async (value: string) => (await login({ clientId, secret: value })).status;
    const administer: UaaWorld["administer"] = async (body) => {
      const headers = zone === undefined ? {} : { "x-identity-zone-id": zone.zoneId };
      const answer = await change(clientId, await bearer(uaa.admin), body, headers);
      if (answer.status !== 200) throw new Error(String(answer.json["error_description"]));
    };
    return {
      ...world,
      client,
      statusOf,
      logins: () => Promise.all(world.values().map(statusOf)),
      lose: (change, lose, count = 1) => {
        const changeMode = change === "add" ? "ADD" : "DELETE";
        const path = new RegExp(`^/uaa/oauth/clients/${clientId}/secret$`);
        proxy.drop({ method: "PUT", path, body: new RegExp(`"changeMode":"${changeMode}"`), lose, count });
      },
      administer,
      expectCurrentAlone: async () => {
        expect(await statusOf(String(world.current()["clientSecret"]))).toBe(200);
        await expect(administer({ changeMode: "DELETE" })).rejects.toThrow(/has only one secret/);
      },
    };
  };
  /** A second authority. @param named the client that it may rotate for; default: the world's own */
  const authorityOf = ({ clientId, secret }: Credentials, named?: string): LiveWorldOptions => ({
    ...NO_GRACE,
    authority: (secretId, client) => ({
      kind: "client-secret",
      issuer: "uaa",
      url: `${proxy.origin}/uaa`,
      clientId,
      clientSecret: secret,
      mayRotate: [{ client: named ?? client, secretId }],
    }),
  });
  return { uaa, proxy, worldOf, authorityOf };
}

export type UaaWorlds = Awaited<ReturnType<typeof openUaaWorlds>>;
