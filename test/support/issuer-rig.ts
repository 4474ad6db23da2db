import { type Budget, createBudget } from "../../src/base/budget.ts";
import { parseSettings, type Settings } from "../../src/base/settings/settings.ts";
import { createIssuerHttp, type IssuerHttp } from "../../src/clients/http/issuer-http.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import { createRateGate, type RateGate } from "../../src/clients/http/rate-gate.ts";
import type { Transport } from "../../src/clients/http/transport.ts";
import { createInstantClock, type InstantClock } from "./instant-clock.ts";

/** The real way to the network, up to the sockets that nock takes over. */
export interface Rig {
  readonly clock: InstantClock;
  readonly budget: Budget;
  readonly transport: Transport;
  readonly gate: RateGate;
  readonly http: IssuerHttp;
  readonly httpAtOnce: IssuerHttp;
  readonly settings: Settings;
}

export const CALL_TIMEOUT_MS = 10_000;
const RATE_PAUSE_MS = 60_000;

/** @param budgetMs what the invocation has for work */
export function createRig(budgetMs = 280_000): Rig {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, { budgetMs, marginMs: 5_000, callTimeoutMs: CALL_TIMEOUT_MS });
  const transport = createNetworkTransport(clock);
  const gate = createRateGate(clock);
  const withPatience = (maxWaitMs: () => number) =>
    createIssuerHttp(transport, gate, budget, { ratePauseMs: RATE_PAUSE_MS, maxWaitMs }, clock);
  const http = withPatience(() => budget.remaining());
  const httpAtOnce = withPatience(() => 0);
  return { clock, budget, transport, gate, http, httpAtOnce, settings: parseSettings({}) };
}
