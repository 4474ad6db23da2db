/** Every recipe of docs/consumer.md with its library as published, by real requests that nock hands to the emulator. */
import { readFileSync } from "node:fs";
import axios from "axios";
import nock from "nock";
import { describe, expect, it } from "vitest";
import { createApplication } from "../../../scripts/consumer/application.ts";
import { addCredential } from "../../../scripts/consumer/axios-interceptors.ts";
import * as viaFetch from "../../../scripts/consumer/recipe-fetch.ts";
import * as viaOauth4webapi from "../../../scripts/consumer/recipe-oauth4webapi.ts";
import * as viaOpenidClient5 from "../../../scripts/consumer/recipe-openid-client-5.ts";
import * as viaOpenidClient6 from "../../../scripts/consumer/recipe-openid-client-6.ts";
import * as viaSimpleOauth2 from "../../../scripts/consumer/recipe-simple-oauth2.ts";
import { type CredentialSource, credential } from "../../../src/consumer/index.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";
import { createFakeVault } from "./rig.ts";

silenceSdk();

const HANG_MS = 20_000;
const HOST = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
const TOKEN_PATH = "/oauth2/v1/token";
const SCOPE = "urn:opc:idm:__myscopes__";
const SERVER = { issuer: HOST, token_endpoint: `${HOST}${TOKEN_PATH}` };

async function textOf(response: Response): Promise<unknown> {
  if (!response.ok) throw response;
  return response.json();
}

/** Each gives the token endpoint's answer, or throws what its library throws. */
const recipes: Readonly<Record<string, (source: CredentialSource) => Promise<unknown>>> = {
  "openid-client 6": (source) => viaOpenidClient6.requestTokens(source, SERVER, SCOPE),
  "openid-client 5": (source) => viaOpenidClient5.requestTokens(source, SERVER, SCOPE),
  oauth4webapi: (source) => viaOauth4webapi.requestTokens(source, SERVER, SCOPE),
  "simple-oauth2": async (source) =>
    (await viaSimpleOauth2.requestTokens(source, { tokenHost: HOST, tokenPath: TOKEN_PATH }, SCOPE)).token,
  fetch: async (source) => textOf(await viaFetch.requestTokens(source, SERVER.token_endpoint, SCOPE)),
  axios: async (source) => {
    const tokens = axios.create({ adapter: "http" });
    addCredential(tokens, source);
    const body = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE });
    return (await tokens.post(SERVER.token_endpoint, body)).data;
  },
};

describe.each(Object.entries(recipes))("%s", (_library, requestTokens) => {
  it("has no failed request in the middle of a rotation", { timeout: HANG_MS }, async () => {
    const application = createApplication(5);
    const { clock, reader, world } = application;
    const statuses: number[] = [];
    nock(HOST)
      .persist()
      .post(TOKEN_PATH)
      .reply(async (request: Request) => {
        const headers = Object.fromEntries(request.headers);
        const init = { method: "POST", headers, body: await request.text() };
        const answer = await application.fetch(SERVER.token_endpoint, init);
        statuses.push(answer.status);
        return [answer.status, await answer.text(), { "content-type": "application/json" }];
      });
    const source = credential(reader, { time: clock });
    await source.current();
    const regenerated = () =>
      world.emulator.requests.some(({ call, status }) => call === "regenerate" && status === 200);
    world.emulator.switches["updating-ms"] = 2_000;
    const rotation = application.rotate();
    for (let waitedMs = 0; !regenerated() && waitedMs < 60_000; waitedMs += 10) await clock.sleep(10);
    expect(await requestTokens(source)).toMatchObject({ access_token: expect.stringMatching(/^eyJ/) });
    expect(statuses).toEqual([401, 200]);
    expect((await rotation).isWell).toBe(true);
  });

  it("asks once where the secret is right and the grant is not allowed, and reads nothing again", async () => {
    const error_description = "Client not enabled to retrieve service account";
    nock(HOST).post(TOKEN_PATH).reply(401, { error: "unauthorized_client", error_description });
    const vault = createFakeVault();
    const source = credential(vault.reader, { time: vault.clock });
    await expect(requestTokens(source)).rejects.toBeDefined();
    expect(vault.reads).toEqual(["CURRENT"]);
  });

  it.each(["invalid_client", "unauthorized_client"])("tries what is pending after a 401 %s", async (error) => {
    nock(HOST).post(TOKEN_PATH).reply(401, { error, error_description: "Invalid client credentials" });
    nock(HOST).post(TOKEN_PATH).reply(200, { access_token: "a.b", token_type: "bearer", expires_in: 60 });
    const vault = createFakeVault();
    vault.pending = { content: String(vault.current?.content).replace("s0", "s1"), versionNo: 2 };
    const source = credential(vault.reader, { time: vault.clock });
    expect(await requestTokens(source)).toMatchObject({ access_token: "a.b" });
    expect(vault.reads).toEqual(["CURRENT", "CURRENT", "PENDING"]);
  });
});

describe("docs/consumer.md", () => {
  const text = readFileSync("docs/consumer.md", "utf8");
  const { devDependencies, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const files = ["fetch", "oauth4webapi", "openid-client-5", "openid-client-6", "simple-oauth2"];

  it.each(files)("shows the recipe for %s as it is tested here", (name) => {
    const code = readFileSync(`scripts/consumer/recipe-${name}.ts`, "utf8")
      .replace(/^\/\*\*.*\*\/\n/, "")
      .replaceAll("../../src/consumer/index.ts", "oci-rotate/consumer")
      .replaceAll("openid-client-5", "openid-client");
    expect(text).toContain(code);
  });

  it.each(["openid-client", "openid-client-5", "oauth4webapi", "simple-oauth2", "axios"])(
    "names the version of %s with which its recipe is tested",
    (name) => {
      const version = String({ ...dependencies, ...devDependencies }[name]).replace(/^npm:.*@/, "");
      expect(text).toContain(`${name.replace("-5", "")} ${version}`);
      expect(readFileSync("docs/compatibility.md", "utf8")).toContain(`| ${name.replace("-5", "")} | ${version} |`);
    },
  );
});
