import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createIssuerHttp } from "../../../src/clients/http/issuer-http.ts";
import { createRateGate } from "../../../src/clients/http/rate-gate.ts";
import { fetchToken } from "../../../src/mirror/token.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";

const client = {
  iamDomainInstanceId: `idcs-${"0".repeat(32)}`,
  appId: "0".repeat(32),
  clientId: "client",
  appSecret: "canary-current",
};
const administrator = {
  issuer: "edfi-cms",
  url: "https://edfi.example.org",
  clientId: "key",
  apiClientId: 7,
  clientSecret: "canary",
};

type Versions = Partial<Record<"CURRENT" | "PENDING", string>>;

/** @param answer the token endpoint's status and body for a client secret */
async function setUp(
  versions: Versions | Error,
  answer: (secret: string) => [number, object],
  remainingMs = 280_000,
  environment: Record<string, string> = {},
) {
  const { begin, clock } = createMirrorRig({ environment });
  const call = await begin();
  const budget = { ...call.budget, remaining: () => remainingMs };
  const used: string[] = [];
  const read: [string, string][] = [];
  const transport = async ({ headers, body = "" }: { headers: Readonly<Record<string, string>>; body?: string }) => {
    const basic = Buffer.from((headers["authorization"] ?? "").slice("Basic ".length), "base64").toString();
    const secret = /canary[\w-]*/.exec(`${basic} ${body}`)?.[0] ?? "";
    used.push(secret);
    const [status, said] = answer(secret);
    return { status, headers: {}, body: JSON.stringify(said) };
  };
  const http = createIssuerHttp(
    transport,
    createRateGate(clock),
    budget,
    { ratePauseMs: 60_000, maxWaitMs: () => 0 },
    clock,
  );
  const contents = {
    ...call.contents,
    read: async (secretId: string, stage: "CURRENT" | "PENDING" = "CURRENT") => {
      read.push([secretId, stage]);
      if (versions instanceof Error) throw versions;
      const text = versions[stage];
      if (text === undefined) return null;
      return {
        versionNo: stage === "CURRENT" ? 1 : 2,
        base64: new Secret(Buffer.from(text).toString("base64")),
      };
    },
  };
  const startedAt = clock.now();
  const fetch = () => fetchToken({ ...call, budget, contents, http });
  return { fetch, used, read, clientSecretId: call.settings.clientSecretId, elapsed: () => clock.now() - startedAt };
}

const token = (): [number, object] => [200, { access_token: "canary-token", token_type: "Bearer", expires_in: 3600 }];
const wrong = (): [number, object] => [401, { error: "invalid_client" }];
const named = (what: string) => `the secret of OROT_MIRROR_CLIENT_SECRET_ID ${what}`;

describe("The token that fetches", () => {
  it("comes from CURRENT's client secret", async () => {
    const { fetch, used, read, clientSecretId } = await setUp({ CURRENT: JSON.stringify(client) }, token);
    expect((await fetch()).value.reveal()).toBe("canary-token");
    expect([used, read]).toEqual([["canary-current"], [[clientSecretId, "CURRENT"]]]);
  });

  it("comes from PENDING's where the identity domain refuses CURRENT's", async () => {
    const PENDING = JSON.stringify({ ...client, appSecret: "canary-pending" });
    const { fetch, used } = await setUp({ CURRENT: JSON.stringify(client), PENDING }, (secret) =>
      secret === "canary-pending" ? token() : wrong(),
    );
    expect((await fetch()).value.reveal()).toBe("canary-token");
    expect(used).toEqual(["canary-current", "canary-pending"]);
  });

  it.each<[string, Versions | Error, string, string]>([
    ["is not there", {}, "SECRET_NOT_FOUND", "could not be read as a credential"],
    [
      "cannot be read",
      new RotationError("VAULT_FORBIDDEN", "canary"),
      "VAULT_UNAVAILABLE",
      "could not be read as a credential",
    ],
    ["is no JSON", { CURRENT: "{" }, "CONTENT_INVALID", "could not be read as a credential"],
    [
      "waits for its first client secret",
      { CURRENT: JSON.stringify({ ...client, appSecret: null, _rotation: {} }) },
      "CONTENT_INVALID",
      "holds no client secret yet",
    ],
    [
      "nests deeper than the stack",
      { CURRENT: `{"appSecret":"canary","clientId":"c","more":${"[".repeat(100_000)}${"]".repeat(100_000)}}` },
      "CONTENT_INVALID",
      "nests too deep to be read",
    ],
  ])("is not asked for where the secret of the OAuth client %s", async (_what, versions, code, what) => {
    const { fetch, used } = await setUp(versions, token);
    await expect(fetch()).rejects.toMatchObject({ code, message: named(what) });
    expect(used).toEqual([]);
  });

  it("is not asked for where the content names an issuer that is none, and the error says so as it does elsewhere", async () => {
    const { fetch } = await setUp(
      { CURRENT: JSON.stringify({ ...client, issuer: "none", clientSecret: "canary" }) },
      token,
    );
    await expect(fetch()).rejects.toMatchObject({ code: "ISSUER_UNKNOWN" });
  });

  it("is refused with the next action where no version's client secret is accepted", async () => {
    const { fetch } = await setUp({ CURRENT: JSON.stringify(client) }, wrong);
    await expect(fetch()).rejects.toMatchObject({
      returnMessage:
        "SECRET_REJECTED: the identity domain refuses the client secret that fetches from the Credential Exchange. Next: run heal for the secret of OROT_MIRROR_CLIENT_SECRET_ID; if that fails, store a working client secret as a new version.",
    });
  });

  it("is none where the issuer knows the client secret and gives no token", async () => {
    const origin = { OROT_ISSUER_ORIGINS: "https://edfi.example.org" };
    const tooMany = { type: "urn:ed-fi:api:security:authentication:too-many-tokens", status: 429 };
    const { fetch } = await setUp({ CURRENT: JSON.stringify(administrator) }, () => [429, tooMany], 280_000, origin);
    await expect(fetch()).rejects.toMatchObject({ code: "SECRET_REJECTED" });
  });

  it("is not had from an identity domain that fails, whose error is told", async () => {
    const { fetch } = await setUp({ CURRENT: JSON.stringify(client) }, () => [503, {}]);
    await expect(fetch()).rejects.toMatchObject({
      code: "ISSUER_UNAVAILABLE",
      message: "the identity domain answered the token request with 503",
    });
  });

  it("is waited for half of the time that is left at most", async () => {
    const CURRENT = JSON.stringify(client);
    const waited = async (ms: number) => {
      const { fetch, elapsed } = await setUp({ CURRENT }, wrong, ms);
      await expect(fetch()).rejects.toMatchObject({ code: "SECRET_REJECTED" });
      return elapsed();
    };
    expect(await waited(2_000)).toBeLessThan(2_000);
    expect(await waited(280_000)).toBeGreaterThanOrEqual(5_000);
  });
});
