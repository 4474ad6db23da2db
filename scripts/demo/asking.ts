import { createBudget } from "../../src/base/budget.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { Secret } from "../../src/base/secret.ts";
import { parseSettings } from "../../src/base/settings/settings.ts";
import { createIssuerHttp } from "../../src/clients/http/issuer-http.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import { createRateGate } from "../../src/clients/http/rate-gate.ts";
import { openCredential } from "../../src/clients/issuers/index.ts";
import type { Verdict } from "../../src/clients/issuers/verdict.ts";
import { parseContent } from "../../src/clients/vault/content.ts";
import { issuerSettings } from "../../src/emulator/sample.ts";

/** Asks the issuer over the network, as the function would. @param url where the emulated issuers answer */
export async function verdictOn(content: Secret, url: string): Promise<Verdict> {
  const budget = createBudget(systemClock, null, { budgetMs: 30_000, marginMs: 0, callTimeoutMs: 10_000 });
  const transport = createNetworkTransport(systemClock);
  const http = createIssuerHttp(
    transport,
    createRateGate(systemClock),
    budget,
    { ratePauseMs: 60_000, maxWaitMs: () => budget.remaining() },
    systemClock,
  );
  const settings = parseSettings(issuerSettings(url));
  const credential = openCredential(
    parseContent(content),
    { http, httpAtOnce: http, clock: systemClock, settings },
    { origins: settings.issuerOrigins, aliases: [], onCrossing: () => undefined },
  );
  return (await credential.login(null)).verdict;
}
