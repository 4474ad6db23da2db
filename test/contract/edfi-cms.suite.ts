import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A Configuration Service to be tested, with one api client whose credentials the suite may reset. */
export interface CmsUnderTest {
  /** Without a trailing slash and without a path version. */
  readonly url: string;
  readonly version: "v2" | "v3";
  readonly apiClientId: number;
  readonly applicationId: number;
  readonly key: string;
  readonly secret: string;
  /** A client with role `cms-client`. */
  readonly admin: { readonly key: string; readonly secret: string };
  /** Whether the token endpoint takes Basic: in self-contained mode alone. */
  readonly basic: boolean;
  stop(): Promise<void>;
}

type Body = Record<string, unknown>;

const SCOPE = "edfi_admin_api/full_access";
const URN = "urn:ed-fi:api:";

/** What the product relies on, asked of a CMS over HTTP. The order of the tests counts: they share one api client. */
export function describeEdfiCms(name: string, open: () => Promise<CmsUnderTest>): void {
  describe(`${name} as Ed-Fi CMS`, () => {
    let cms: CmsUnderTest;
    let secret: string;
    beforeAll(async () => {
      cms = await open();
      secret = cms.secret;
    });
    afterAll(async () => {
      await cms.stop();
    });

    const read = async (answer: Response) => {
      const text = await answer.text();
      const body: Body = text === "" ? {} : JSON.parse(text);
      return { status: answer.status, media: answer.headers.get("content-type")?.split(";")[0], body };
    };
    const post = async (members: Record<string, string>, headers: Record<string, string> = {}) =>
      read(
        await fetch(`${cms.url}/connect/token`, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
          body: new URLSearchParams({ grant_type: "client_credentials", ...members }).toString(),
        }),
      );
    const token = (value: string, key = cms.key) => post({ client_id: key, client_secret: value });
    const bearer = async () => {
      const { key, secret: value } = cms.admin;
      const { body } = await post({ client_id: key, client_secret: value, scope: SCOPE });
      return `Bearer ${String(body["access_token"])}`;
    };
    const send = async (method: string, path: string, authorization?: string) =>
      read(
        await fetch(`${cms.url}/${cms.version}/${path}`, {
          method,
          headers: authorization === undefined ? {} : { authorization },
        }),
      );
    const reset = (authorization?: string, id = cms.apiClientId) =>
      send("PUT", `apiClients/${id}/reset-credential`, authorization);

    it("gives a bearer token for the right secret", async () => {
      const { status, body } = await token(secret);
      expect(status).toBe(200);
      expect(body["access_token"]).toEqual(expect.any(String));
      expect(String(body["token_type"]).toLowerCase()).toBe("bearer");
      expect(body["expires_in"]).toEqual(expect.any(Number));
    });

    it("decodes the parts of a Basic header in self-contained mode, and takes no Basic before Keycloak", async () => {
      const pair = `${encodeURIComponent(cms.key)}:${encodeURIComponent(secret)}`;
      const { status } = await post({}, { authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
      expect(status).toBe(cms.basic ? 200 : 400);
    });

    it("refuses a wrong secret and an unknown key with 401 problem+json", async () => {
      const wrong = await token(`${secret}x`);
      expect(wrong).toMatchObject({ status: 401, media: "application/problem+json" });
      expect(wrong.body).toMatchObject({
        type: `${URN}security:authentication`,
        errors: [expect.stringMatching(/^unauthorized_client\. /)],
      });
      const unknown = await token(secret, "no-such-key");
      expect(unknown.status).toBe(401);
      expect(unknown.body["errors"]).toEqual([expect.stringMatching(/^invalid_client\. /)]);
    });

    it("answers another grant with another 4xx, which says nothing about the secret", async () => {
      const { status } = await post({ client_id: cms.key, client_secret: secret, grant_type: "password" });
      expect(status).toBe(400);
    });

    it("resets nothing without a token, nor for the api client itself", async () => {
      expect((await reset()).status).toBe(401);
      expect((await reset("Bearer no-token")).status).toBe(401);
      const own = await reset(`Bearer ${String((await token(secret)).body["access_token"])}`);
      expect(own.status).toBe(403);
      expect((await token(secret)).status).toBe(200);
    });

    it("names an api client that it does not find", async () => {
      const { status, media, body } = await reset(await bearer(), 2_000_000_000);
      expect({ status, media }).toEqual({ status: 404, media: "application/problem+json" });
      expect(body).toMatchObject({ type: `${URN}not-found`, detail: "ApiClient not found" });
    });

    it("resets for an admin client; the new secret logs in and the old one does not", async () => {
      const { status, body } = await reset(await bearer());
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: cms.apiClientId, key: cms.key });
      const old = secret;
      secret = String(body["secret"]);
      expect(secret).not.toBe(old);
      expect((await token(secret)).status).toBe(200);
      expect((await token(old)).status).toBe(401);
    });

    it("makes another secret at a repeat, so that a lost answer is a lost secret", async () => {
      const { body } = await reset(await bearer());
      expect((await token(secret)).status).toBe(401);
      secret = String(body["secret"]);
      expect((await token(secret)).status).toBe(200);
    });

    it("shows the api client by its key, without its secret", async () => {
      const { status, body } = await send("GET", `apiClients/${encodeURIComponent(cms.key)}`, await bearer());
      expect(status).toBe(200);
      expect(body["clientId"]).toBe(cms.key);
      expect(JSON.stringify(body)).not.toContain(secret);
    });

    it("does not serve the reset by application unless it is switched on", async () => {
      const { status, body } = await send("PUT", `applications/${cms.applicationId}/reset-credential`, await bearer());
      expect(status).toBe(404);
      expect(body["detail"]).not.toBe("Application not found");
      expect((await token(secret)).status).toBe(200);
    });
  });
}
