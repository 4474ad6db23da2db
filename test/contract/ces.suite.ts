import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, ask } from "./ask.ts";

/** A Credential Exchange Service to be tested, with one environment that has a wallet, and callbacks that the suite may register. */
export interface CesUnderTest {
  /** Up to, not including, `/api`. */
  readonly url: string;
  /** The identity domain's origin. */
  readonly domain: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: string;
  stop(): Promise<void>;
}

const USECASE = "credentialRotationNotification";
const ENDPOINTS = ["https://contract.example:443/ces", "http://contract.example/ces", "mailto:nobody@example.org"];

/** What the mirror relies on, asked of a Credential Exchange over HTTP (Source: Retail AI Foundation and Retail Data Store, their guides). */
export function describeCes(name: string, open: () => Promise<CesUnderTest>): void {
  describe(`${name} as Credential Exchange`, () => {
    let ces: CesUnderTest;
    let token: string;
    beforeAll(async () => {
      ces = await open();
      const basic = Buffer.from(`${ces.clientId}:${ces.secret}`).toString("base64");
      const answer = await ask(
        `${ces.domain}/oauth2/v1/token`,
        "POST",
        { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
        "grant_type=client_credentials&scope=urn%3Aopc%3Aidm%3A__myscopes__",
      );
      token = String(answer.json["access_token"]);
    });
    afterAll(async () => {
      await ces.stop();
    });

    const call = (method: string, operation: string, body?: object, bearer = token): Promise<Answer> => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      // Node frames no body of a DELETE by itself.
      const framed = { "content-type": "application/json", "content-length": String(text?.length ?? 0) };
      const headers = { authorization: `Bearer ${bearer}`, ...(text === undefined ? {} : framed) };
      return ask(`${ces.url}/api/data-pe/v1/${operation}`, method, headers, text);
    };
    const change = (method: "PUT" | "DELETE", endpoint: string) =>
      call(method, "rotation-notification", { usecase: USECASE, endpoint });
    const listed = async () => {
      const { json } = await call("GET", `rotation-notification?tenantId=${ces.tenantId}`);
      return json["endpoints"];
    };
    const isSuccess = ({ status }: Answer) => status >= 200 && status < 300;

    it("gives wallets with passwords by user, files in base64, and dates in milliseconds", async () => {
      const { status, json } = await call("GET", "fetch-credentials");
      expect(status).toBe(200);
      const [wallet] = [json["wallets"]].flat() as Record<string, unknown>[];
      expect(wallet?.["walletName"]).toEqual(expect.any(String));
      const passwords = Object.values(wallet?.["schemas"] ?? {});
      expect(passwords.length).toBeGreaterThan(0);
      for (const password of passwords) expect(password).toMatch(/./);
      const files = Object.entries(wallet?.["wallet"] ?? {});
      expect(files.map(([file]) => file)).toContain("cwallet.sso");
      for (const [, content] of files) expect(content).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
      for (const date of ["certificateStartDate", "certificateEndDate", "lastRotationDate"]) {
        expect(wallet?.[date]).toBeGreaterThan(Date.UTC(2020, 0, 1));
      }
    });

    it("gives the same files as a zip archive", async () => {
      const { status, text } = await call("GET", "fetch-wallet");
      expect(status).toBe(200);
      expect(text.startsWith("PK")).toBe(true);
      expect(text).toContain("cwallet.sso");
    });

    it("registers and removes endpoints of each scheme, both idempotently, and lists them", async () => {
      for (const endpoint of [...ENDPOINTS, ...ENDPOINTS]) expect(isSuccess(await change("PUT", endpoint))).toBe(true);
      const all = (await listed()) as string[];
      for (const endpoint of ENDPOINTS) expect(all.filter((url) => url === endpoint)).toHaveLength(1);
      for (const endpoint of [...ENDPOINTS, ...ENDPOINTS])
        expect(isSuccess(await change("DELETE", endpoint))).toBe(true);
      for (const endpoint of ENDPOINTS) expect(await listed()).not.toContain(endpoint);
    });

    it("refuses a token that is not of its domain with 401", async () => {
      expect((await call("GET", "fetch-credentials", undefined, "made-up")).status).toBe(401);
      expect((await call("GET", "rotation-notification", undefined, "made-up")).status).toBe(401);
    });

    it("answers an operation that there is not with 404", async () => {
      expect((await call("GET", "no-such-operation")).status).toBe(404);
    });
  });
}
