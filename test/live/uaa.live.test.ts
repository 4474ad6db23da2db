import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DroppingProxy, startDroppingProxy } from "../../scripts/live/dropping-proxy.ts";
import { describeUaa } from "../contract/uaa.suite.ts";
import { uaaCalls } from "../contract/uaa-calls.ts";
import { openRealUaa } from "./uaa-under-test.ts";

describeUaa("the real server", async () => openRealUaa());

describe("the real server behind a connection that breaks", () => {
  const uaa = openRealUaa();
  let proxy: DroppingProxy;
  beforeAll(async () => {
    proxy = await startDroppingProxy(new URL(uaa.url).origin);
  });
  afterAll(async () => {
    await proxy.stop();
  });

  const setUp = async () => {
    const client = await uaa.makeClient();
    const { bearer, change, login } = uaaCalls({ ...uaa, url: `${proxy.origin}/uaa` });
    const token = await bearer(client);
    const path = new RegExp(`^/uaa/oauth/clients/${client.clientId}/secret$`);
    const self = (changeMode: string, secret?: string) =>
      change(client.clientId, token, {
        changeMode,
        oldSecret: client.secret,
        ...(secret === undefined ? {} : { secret }),
      });
    return {
      self,
      lose: (changeMode: string, lose: "answer" | "request") =>
        proxy.drop({ method: "PUT", path, body: new RegExp(changeMode), lose }),
      logins: (...values: readonly string[]) =>
        Promise.all(values.map(async (secret) => (await login({ ...client, secret })).status)),
      first: client.secret,
    };
  };

  it("has done an ADD whose answer was lost: the new value logs in, and a repeated ADD is told that there are two", async () => {
    const { self, lose, logins, first } = await setUp();
    lose("ADD", "answer");
    await expect(self("ADD", "second-1")).rejects.toThrow("socket hang up");
    expect(await logins(first, "second-1")).toEqual([200, 200]);
    const again = await self("ADD", "second-1");
    expect(again.json["error_description"]).toMatch(/already has two secrets/);
  });

  it("has done nothing where the request was lost", async () => {
    const { self, lose, logins, first } = await setUp();
    lose("ADD", "request");
    await expect(self("ADD", "second-1")).rejects.toThrow("socket hang up");
    expect(await logins(first, "second-1")).toEqual([200, 401]);
    expect((await self("ADD", "second-1")).status).toBe(200);
  });

  it("has done a DELETE whose answer was lost; its repetition finds the token dead, and ends nothing", async () => {
    const { self, lose, logins, first } = await setUp();
    await self("ADD", "second-1");
    lose("DELETE", "answer");
    await expect(self("DELETE")).rejects.toThrow("socket hang up");
    expect(await logins(first, "second-1")).toEqual([401, 200]);
    expect(await self("DELETE")).toMatchObject({ status: 401, json: { error: "invalid_token" } });
    expect(await logins(first, "second-1")).toEqual([401, 200]);
  });
});
