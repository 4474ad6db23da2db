import { readFileSync } from "node:fs";
import axios from "axios";
import * as oidc from "openid-client";
import { describe, expect, it } from "vitest";
import { type Application, createApplication } from "../../../scripts/consumer/application.ts";
import { addCredential } from "../../../scripts/consumer/axios-interceptors.ts";
import { type Credential, credential } from "../../../src/consumer/index.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

silenceSdk();

const SCOPE = "urn:opc:idm:__myscopes__";
const TOKEN_URL = "https://idcs.identity.example/oauth2/v1/token";

/** A rotation whose old client secret is dead by the time of the first request, and whose new one is not promoted yet. */
async function inTheMiddleOfARotation() {
  const application = createApplication(5);
  const { clock, reader, world } = application;
  const source = credential(reader, { time: clock });
  const { versionNo } = await source.current();
  const regenerated = () => world.emulator.requests.some(({ call, status }) => call === "regenerate" && status === 200);
  world.emulator.switches["updating-ms"] = 2_000;
  const rotation = application.rotate();
  for (let waitedMs = 0; !regenerated() && waitedMs < 60_000; waitedMs += 10) await clock.sleep(10);
  return { ...application, source, versionNo, rotation };
}

describe("openid-client", () => {
  /** @param answer what becomes of the issuer's answer on its way */
  function grantWith(application: Pick<Application, "fetch">, answer: (response: Response) => Response) {
    const tried: string[] = [];
    const grant = async ({ clientId, clientSecret, versionNo }: Credential) => {
      tried.push(`version ${versionNo}`);
      const server = { issuer: "https://idcs.identity.example", token_endpoint: TOKEN_URL };
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
      const client = new oidc.Configuration(server, clientId, undefined, (_as, _client, _body, headers) => {
        headers.set("authorization", `Basic ${basic}`);
      });
      client[oidc.customFetch] = async (url, { method, headers, body }) =>
        answer(await application.fetch(url, { method, headers, body }));
      const { access_token } = await oidc.clientCredentialsGrant(client, { scope: SCOPE });
      return access_token;
    };
    return { tried, grant };
  }

  it.each([
    ["in the body", (response: Response) => response],
    [
      "in a challenge",
      (response: Response) => {
        if (response.status === 401) response.headers.set("www-authenticate", 'Basic realm="domain"');
        return response;
      },
    ],
  ])("has no failed request where the refusal stands %s", async (_, answer) => {
    const application = await inTheMiddleOfARotation();
    const { tried, grant } = grantWith(application, answer);
    await expect(application.source.use(grant)).resolves.toMatch(/^eyJ/);
    expect(tried).toEqual([`version ${application.versionNo}`, `version ${application.versionNo + 2}`]);
    expect((await application.rotation).isWell).toBe(true);
  });

  it("keeps its own error where nothing helps", async () => {
    const application = createApplication(6);
    const { world, reader, clock } = application;
    const { grant } = grantWith(application, (response) => response);
    world.emulator.admin.app(world.setup.clientId).active = false;
    await expect(credential(reader, { time: clock }).use(grant)).rejects.toBeInstanceOf(oidc.ResponseBodyError);
  });
});

describe("fetch", () => {
  it("gets a good response, whole, from a request that the issuer has refused", async () => {
    const { source, requestToken, rotation } = await inTheMiddleOfARotation();
    const response = await source.use(requestToken);
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty("access_token");
    await rotation;
  });

  it("gets the issuer's refusal, whole, where nothing helps", async () => {
    const { world, reader, clock, requestToken } = createApplication(6);
    world.emulator.admin.app(world.setup.clientId).active = false;
    const response = await credential(reader, { time: clock }).use(requestToken);
    expect(response.status).toBe(401);
    expect(await response.json()).toHaveProperty("error", "invalid_client");
  });
});

describe("axios", () => {
  it("retries by the interceptor of the documents", async () => {
    const { fetch, source, rotation, versionNo } = await inTheMiddleOfARotation();
    const tokens = axios.create({
      adapter: async (config) => {
        const answer = await fetch(TOKEN_URL, {
          headers: config.headers.toJSON() as Record<string, string>,
          body: config.data,
        });
        const data: unknown = await answer.json();
        const response = { data, status: answer.status, statusText: "", headers: {}, config };
        if (answer.ok) return response;
        throw new axios.AxiosError("refused", "ERR_BAD_REQUEST", config, undefined, response);
      },
    });
    addCredential(tokens, source);
    const body = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE });
    const { data, config } = await tokens.post(TOKEN_URL, body);
    expect(data).toHaveProperty("access_token");
    expect(config.tried?.map((tried) => tried.versionNo)).toEqual([versionNo, versionNo + 2]);
    await rotation;
  });
});

describe("docs/consumer.md", () => {
  const text = readFileSync("docs/consumer.md", "utf8");
  it.each(["oci-secrets-reader.ts", "axios-interceptors.ts"])("shows %s as it is tested here", (file) => {
    const code = readFileSync(`scripts/consumer/${file}`, "utf8")
      .replace(/^\/\*\*.*\*\/\n/, "")
      .replaceAll("../../src/consumer/index.ts", "oci-rotate/consumer");
    expect(text).toContain(code);
  });
});
