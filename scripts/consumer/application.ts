import "../../src/base/silence.ts";
import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { SecretsClient } from "oci-secrets";
import { createBudget } from "../../src/base/budget.ts";
import { createOciHttpClient } from "../../src/clients/http/oci-http-client.ts";
import type { Credential, Reader } from "../../src/consumer/index.ts";
import type { VirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { namedCombinations } from "../../test/prove/combinations.ts";
import { runRotation } from "../../test/prove/rotation.ts";
import { prepare } from "../../test/prove/setup.ts";
import { createWorld, type World } from "../../test/prove/world.ts";
import { readerOf } from "./oci-secrets-reader.ts";

const TOKEN_URL = "https://idcs-00000000000000000000000000000000.identity.oraclecloud.com/oauth2/v1/token";
const SCOPE = "urn:opc:idm:__myscopes__";
const CALL_MS = 10_000;
const YEAR_MS = 365 * 86_400_000;

/** An application of the emulated identity domain, which keeps one client secret, and the function that rotates it; all in virtual time. */
export interface Application {
  readonly world: World;
  readonly clock: VirtualClock;
  /** The real OCI SDK before the emulated Vault. */
  readonly reader: Reader;
  /** One token request with a Basic header, as identity domains take it: raw, not form-encoded (RFC 6749, section 2.3.1, has it encoded). */
  requestToken(credential: Credential): Promise<Response>;
  /** `fetch`, for libraries that bring their own requests. */
  fetch(url: string, init: { method?: string; headers?: Record<string, string>; body?: unknown }): Promise<Response>;
  /** A whole rotation in Vault's four steps. */
  rotate(): Promise<{ readonly isWell: boolean }>;
}

/** @param seed of all randomness; the same seed makes the same run */
export function createApplication(seed: number): Application {
  const combination = namedCombinations["token-lives"];
  if (combination === undefined) throw new Error("the combination of the application is missing");
  const setup = prepare(combination, seed);
  const world = createWorld(setup, createHandler);
  const { clock, emulator } = world;
  const { transport } = emulator.startCaller("application");

  const budget = createBudget(clock, null, { budgetMs: YEAR_MS, marginMs: 0, callTimeoutMs: CALL_MS });
  const secrets = new SecretsClient(
    { httpClient: createOciHttpClient(transport, { signHttpRequest: async () => undefined }, budget, () => undefined) },
    // The SDK's own waits are in real time.
    {
      circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
      retryConfiguration: NoRetryConfigurationDetails,
    },
  );
  secrets.endpoint = "https://secrets.vaults.emulated.example";

  const fetch: Application["fetch"] = async (url, init) => {
    const { status, headers, body } = await transport({
      method: init.method === "GET" ? "GET" : "POST",
      url,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: String(init.body ?? ""),
      deadline: clock.monotonic() + CALL_MS,
    });
    return new Response(body, { status, headers });
  };
  return {
    world,
    clock,
    reader: readerOf(secrets, setup.secretId),
    fetch,
    requestToken: ({ clientId, clientSecret }) =>
      fetch(TOKEN_URL, {
        headers: {
          authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
          "content-type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE }),
      }),
    rotate: () => runRotation(world.startProcess(), world, "four-steps", null),
  };
}
