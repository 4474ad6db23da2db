import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** An identity domain to be tested, with one application whose secret the suite may regenerate. */
export interface DomainUnderTest {
  /** Without a trailing slash. */
  readonly url: string;
  readonly appId: string;
  readonly clientId: string;
  readonly secret: string;
  stop(): Promise<void>;
}

type Body = Record<string, unknown>;

/** What the product relies on, asked of an identity domain over HTTP. The order of the tests counts: they share one application. */
export function describeIdentityDomain(name: string, open: () => Promise<DomainUnderTest>): void {
  describe(`${name} as identity domain`, () => {
    let domain: DomainUnderTest;
    let secret: string;
    beforeAll(async () => {
      domain = await open();
      secret = domain.secret;
    });
    afterAll(async () => {
      await domain.stop();
    });

    const token = async (value: string, scope = "urn:opc:idm:__myscopes__") => {
      const basic = Buffer.from(`${domain.clientId}:${value}`).toString("base64");
      const answer = await fetch(`${domain.url}/oauth2/v1/token`, {
        method: "POST",
        headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ grant_type: "client_credentials", scope }).toString(),
      });
      return { status: answer.status, body: (await answer.json()) as Body };
    };
    const admin = async (method: string, path: string, bearer: string, body?: object) => {
      const answer = await fetch(`${domain.url}/admin/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/scim+json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Body };
    };

    it("gives a bearer token for the right secret", async () => {
      const { status, body } = await token(secret);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        access_token: expect.any(String),
        token_type: "Bearer",
        expires_in: expect.any(Number),
      });
    });

    it("refuses a wrong secret with 401 invalid_client", async () => {
      const { status, body } = await token(`${secret}x`);
      expect(status).toBe(401);
      expect(body["error"]).toBe("invalid_client");
    });

    it("answers a bad scope with another 4xx, which says nothing about the secret", async () => {
      const { status, body } = await token(secret, "no-such-scope");
      expect(status).toBe(400);
      expect(body["error"]).not.toBe("invalid_client");
    });

    it("refuses an unknown bearer with 401 and a SCIM error", async () => {
      const { status, body } = await admin("GET", `Apps/${domain.appId}`, "no-token");
      expect(status).toBe(401);
      expect(body).toHaveProperty("schemas");
    });

    it("lets the application regenerate its own secret; the new one logs in and the old one does not", async () => {
      const bearer = String((await token(secret)).body["access_token"]);
      const schemas = ["urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator"];
      const made = await admin("POST", "AppClientSecretRegenerator", bearer, { appId: domain.appId, schemas });
      expect([200, 201]).toContain(made.status);
      expect(made.body["appId"]).toBe(domain.appId);
      const old = secret;
      secret = String(made.body["clientSecret"]);
      expect(secret).not.toBe(old);
      expect((await token(secret)).status).toBe(200);
      expect((await token(old)).status).toBe(401);
    });

    it("answers a regeneration without an application with 400 and a SCIM error", async () => {
      const bearer = String((await token(secret)).body["access_token"]);
      const { status, body } = await admin("POST", "AppClientSecretRegenerator", bearer, {});
      expect(status).toBe(400);
      expect(body["status"]).toBe("400");
    });

    it("shows the application to itself, by id and by client id", async () => {
      const bearer = String((await token(secret)).body["access_token"]);
      const one = await admin("GET", `Apps/${domain.appId}`, bearer);
      expect(one).toMatchObject({ status: 200, body: { id: domain.appId, name: domain.clientId } });
      const filter = encodeURIComponent(`name eq "${domain.clientId}"`);
      const found = await admin("GET", `Apps?filter=${filter}`, bearer);
      expect(found.body["totalResults"]).toBe(1);
    });
  });
}
