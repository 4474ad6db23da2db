import { describe, expect, it } from "vitest";
import { createBudget } from "../../../src/base/budget.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createIssuerHttp } from "../../../src/clients/http/issuer-http.ts";
import { createRateGate } from "../../../src/clients/http/rate-gate.ts";
import type { HttpRequest } from "../../../src/clients/http/transport.ts";
import { type CesClient, createCesClient } from "../../../src/mirror/ces-client.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const CALLBACK = "https://gateway.example.org/ces";
const BODY = JSON.stringify({ endpoints: [CALLBACK], wallets: { walletName: "W", schemas: { APP: "p" } } });

/** A client of a service that answers with these statuses, and then with 200; a status of 0 is no answer. */
function setUp(...statuses: number[]) {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 });
  const sent: HttpRequest[] = [];
  const dropped: number[] = [];
  const transport = async (request: HttpRequest) => {
    sent.push(request);
    const status = statuses.shift() ?? 200;
    if (status === 0) throw new TypeError("canary");
    return { status, headers: {}, body: BODY };
  };
  const limits = { ratePauseMs: 60_000, maxWaitMs: () => 0 };
  let tokens = 0;
  const ces = createCesClient({
    http: createIssuerHttp(transport, createRateGate(clock), budget, limits, clock),
    baseUrl: "https://retail.example.org/rgbu",
    tenantId: "a&b",
    token: async () => {
      tokens += 1;
      return { value: new Secret(`token-${tokens}`), expiresAt: 1 };
    },
    dropToken: () => dropped.push(sent.length),
  });
  return { ces, sent, dropped };
}

const requests: [string, (ces: CesClient) => Promise<unknown>, string, string, object | null, string][] = [
  ["a fetch", (ces) => ces.fetchWallets(), "GET", "fetch-credentials", null, "fetch-credentials"],
  [
    "the list of callbacks",
    (ces) => ces.listCallbacks(),
    "GET",
    "rotation-notification?tenantId=a%26b",
    null,
    "the request for the registered callbacks",
  ],
  [
    "a registration",
    (ces) => ces.registerCallback(CALLBACK),
    "PUT",
    "rotation-notification",
    { usecase: "credentialRotationNotification", endpoint: CALLBACK },
    "the registration of a callback",
  ],
  [
    "a removal",
    (ces) => ces.removeCallback(CALLBACK),
    "DELETE",
    "rotation-notification",
    { usecase: "credentialRotationNotification", endpoint: CALLBACK },
    "the removal of a callback",
  ],
];

describe.each(requests)("The Credential Exchange gets %s", (_what, ask, method, operation, body, named) => {
  it("as documented, with the token", async () => {
    const { ces, sent, dropped } = setUp();
    await ask(ces);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method, url: `https://retail.example.org/rgbu/api/data-pe/v1/${operation}` });
    expect(sent[0]?.body).toBe(body === null ? undefined : JSON.stringify(body));
    const type = body === null ? {} : { "content-type": "application/json" };
    expect(sent[0]?.headers).toEqual({
      authorization: "Bearer token-1",
      accept: "application/json",
      "user-agent": "oci-rotate",
      ...type,
    });
    expect(dropped).toEqual([]);
  });

  it("once more with another token where it refuses the first", async () => {
    const { ces, sent, dropped } = setUp(401);
    await ask(ces);
    expect(sent.map(({ headers }) => headers["authorization"])).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(sent[1]).toMatchObject({ method, url: sent[0]?.url });
    expect(sent[1]?.body).toBe(sent[0]?.body);
    expect(dropped).toEqual([1]);
  });

  it("twice at most, and neither token serves again", async () => {
    const { ces, sent, dropped } = setUp(401, 401, 401);
    await expect(ask(ces)).rejects.toMatchObject({
      code: "ISSUER_FORBIDDEN",
      message: `the Credential Exchange answered ${named} with 401: the token is invalid, or of another identity domain; the set in Vault stays as it is`,
    });
    expect(sent).toHaveLength(2);
    expect(dropped).toEqual([1, 2]);
  });

  it("and keeps its token where it refuses otherwise", async () => {
    const { ces, dropped } = setUp(403);
    await expect(ask(ces)).rejects.toMatchObject({ code: "ISSUER_FORBIDDEN" });
    expect(dropped).toEqual([]);
  });

  it("and an error names what was asked where no answer comes", async () => {
    const { ces, sent } = setUp(0);
    await expect(ask(ces)).rejects.toMatchObject({ message: `${named} ended with an unexpected error` });
    expect(sent).toHaveLength(1);
  });
});

describe("The Credential Exchange's answers", () => {
  it("are the wallets and the callbacks", async () => {
    const { ces } = setUp();
    expect(await ces.listCallbacks()).toEqual([CALLBACK]);
    expect((await ces.fetchWallets()).map(({ walletName }) => walletName)).toEqual(["W"]);
  });
});
